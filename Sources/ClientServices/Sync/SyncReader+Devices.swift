import MatrixModel
import Storage

extension SyncReader {
    /// Messages for the device, changed device lists and how many keys the device has left.
    func addDevices(to answer: inout SyncAnswer, window: SyncWindow?) throws {
        let news = DeviceNewsReader(transaction: reader.transaction, user: user, device: query.device)
        answer.devices = try news.messages(after: query.since?.deviceMessages, head: head)
        if answer.devices.messagesThrough < head { answer.token.deviceMessages = answer.devices.messagesThrough }
        try news.addKeys(to: &answer.devices)
        // "only present on an incremental sync"
        guard query.since != nil else { return }
        guard let window else {
            answer.devices.lists = try news.lists(after: query.from, in: nil)
            return
        }
        let rooms = window.rooms.filter { $0.value.stateChanges?.isEmpty != true }.keys.sorted()
        if window.touchesMemberships || !rooms.isEmpty {
            answer.devices.lists = try news.lists(after: query.from, in: rooms)
        } else if window.touchesDeviceLists {
            answer.devices.lists = try news.listsWithoutMemberships(after: query.from)
        }
    }
}

import MatrixModel
import RoomServer
import Storage

/// What changed since the client's last answer besides rooms, as far as one look can tell for all rooms at once.
struct NewsWindow {
    /// Rooms in which receipts were set that the person may see; all are looked at anew where the client begins.
    let receipts: Set<RoomID>
    /// Rooms in which the person set receipts.
    let ownReceipts: Set<String>
    /// Account data that changed.
    let accountData: [AccountDataEntry]
    /// Whether account data changed that counts anew what is unread.
    var recounts: Bool { accountData.contains { $0.room == nil && SyncReader.countingTypes.contains($0.type) } }
    /// Rooms in which typing changed.
    let typing: [RoomID]
    /// What the feed remembers; nil where it does not have everything.
    let window: SyncWindow?

    init(_ reader: SlidingReader) throws {
        let transaction = reader.reader.transaction
        guard let from = reader.from, let token = reader.query.token else {
            receipts = []
            ownReceipts = []
            accountData = []
            typing = []
            window = nil
            return
        }
        let feed = reader.shared.sync.feed
        let slot = try reader.reader.caches.slot(.member(reader.user), transaction)
        let window = SyncWindow(feed.changes(after: from), from: from, head: reader.head, user: reader.user, memberSlot: slot)
        self.window = window
        // Receipts of others come as changes of rooms, the person's own as changes of theirs.
        let mayHaveReceipts = window.map { $0.touchesUser || !$0.rooms.isEmpty } ?? true
        receipts = mayHaveReceipts ? try ReceiptStore(transaction).rooms(changedAfter: from, through: reader.head, viewer: reader.user) : []
        ownReceipts =
            receipts.isEmpty ? [] : try RoomListQueries(transaction).roomsWithReceipts(of: reader.user, after: from, through: reader.head)
        accountData =
            window.map(\.touchesUser) ?? true
            ? try AccountDataStore(transaction).changes(after: from, through: reader.head, user: reader.user) : []
        typing = reader.shared.sync.typing.rooms(changedAfter: token.typing)
    }
}

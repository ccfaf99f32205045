import Database
import MatrixModel
import Storage

/// Ephemeral messages that must not be lost: messages for devices, and changes of device lists. They stay in the database until acknowledged.
struct DurableBatch: Sendable {
    var messages: [OutboundMessage] = []
    /// The last message for devices among them.
    var lastEntry: Int64?
    /// The updates of device lists among them.
    var updates: [DeviceListOutbox.Entry] = []

    var count: Int { messages.count }
}

extension Outbox {
    /// Messages for devices in one transaction, in bytes; a larger one goes alone.
    private static let deviceMessageBytes = 1 << 20

    /// The first durable messages for a destination: changes of device lists before messages, which may come from the new devices.
    func durable(for destination: ServerName, limit: Int) async throws -> DurableBatch {
        try await database.read { transaction in
            var batch = DurableBatch()
            var previous: [UserID: Position] = [:]
            for entry in try DeviceListOutbox(transaction).entries(for: destination, limit: limit) {
                let last = try previous[entry.user] ?? DeviceListOutbox(transaction).lastSent(of: entry.user, to: destination)
                if let message = try Outbox.message(for: entry, after: last, transaction) {
                    batch.messages.append(message)
                    if entry.device != DeviceListStore.signingKeys { previous[entry.user] = entry.stream }
                }
                batch.updates.append(entry)
            }
            var bytes = 0
            for (entry, content) in try OutboundDeviceMessageStore(transaction).messages(for: destination, limit: limit - batch.updates.count) {
                bytes += content.rawBytes.count
                guard bytes <= Outbox.deviceMessageBytes || batch.lastEntry == nil else { break }
                batch.messages.append(.directToDevice(content: content.value))
                batch.lastEntry = entry
            }
            return batch
        }
    }

    /// An update as it is now; nil where nothing is left to tell.
    private static func message(
        for entry: DeviceListOutbox.Entry, after previous: Position?, _ transaction: Transaction
    ) throws -> OutboundMessage? {
        let user = JSONValue.string(entry.user.description)
        guard entry.device != DeviceListStore.signingKeys else {
            let keys = SigningKeyStore(transaction)
            guard let master = try keys.key(.master, of: entry.user) else { return nil }
            var content: JSONValue = ["user_id": user, "master_key": master.key.value]
            content["self_signing_key"] = try keys.key(.selfSigning, of: entry.user)?.key.value
            return .signingKeys(content: content)
        }
        var content: JSONValue = [
            "user_id": user, "device_id": .string(entry.device), "stream_id": .integer(Int(entry.stream)),
            "prev_id": .array(previous.map { [.integer(Int($0))] } ?? []),
        ]
        if let keys = try DeviceKeyStore(transaction).keys(of: entry.user, device: entry.device) {
            content["keys"] = keys.value
        } else {
            content["deleted"] = true
        }
        return .deviceList(content: content)
    }

    /// Forgets what a destination has.
    func acknowledge(_ batch: DurableBatch, by destination: ServerName) async throws {
        guard batch.lastEntry != nil || !batch.updates.isEmpty else { return }
        try await database.write { transaction in
            if let last = batch.lastEntry { try OutboundDeviceMessageStore(transaction).remove(for: destination, through: last) }
            for update in batch.updates { try DeviceListOutbox(transaction).acknowledge(update, by: destination) }
        }
    }

    /// The destinations for which durable messages wait.
    func destinationsOfDurable() async throws -> Set<ServerName> {
        try await database.read { transaction in
            Set(try OutboundDeviceMessageStore(transaction).servers() + DeviceListOutbox(transaction).servers())
        }
    }
}

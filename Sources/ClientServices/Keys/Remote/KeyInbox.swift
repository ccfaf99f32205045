import Database
import MatrixAPI
public import MatrixModel
import RoomServer
import Storage

/// Takes what other servers tell of their users' devices, and their messages for devices here.
public struct KeyInbox: Sendable {
    let context: KeyContext

    // MARK: Messages

    /// One `m.direct_to_device` (server-server API, "Send-to-device messaging"); the same one again is passed over.
    public func directToDevice(_ content: JSON, from origin: ServerName) async throws {
        guard let sender = content["sender"]?.string.flatMap({ UserID($0) }), sender.server == origin, let type = content["type"]?.string,
            let id = content["message_id"]?.string, id.utf8.count <= KeyLimits.remoteNameBytes, type.utf8.count <= KeyLimits.remoteNameBytes,
            let messages = try? DeviceMessages(content), messages.users.reduce(0, { $0 + $1.devices.count }) <= KeyLimits.recipients
        else { return }
        let own = context.serverName
        let local = messages.users.filter { $0.user.server == own }
        let now = context.environment.nowMilliseconds()
        let feed = context.feed
        try await context.database.write { transaction -> DeviceDelivery in
            let received = ReceivedDeviceMessageStore(transaction)
            guard try received.note(id, from: origin, at: now) else { return DeviceDelivery() }
            let delivery = try DeviceDelivery.deliver(local, type: type, from: sender, transaction)
            if let position = delivery.position, position % Position(KeyLimits.messagesPerClearing) == 0 {
                try received.deleteOld(before: now - KeyLimits.receivedMessagesMilliseconds)
            }
            return delivery
        } whenDurable: { delivery in
            if let position = delivery.position { feed.publish(Change(position: position, kind: .users(delivery.users))) }
        }
    }

    // MARK: Device lists

    /// One `m.device_list_update` or `m.signing_key_update` (server-server API, "Device Management").
    public func deviceChange(_ type: String, _ content: JSON, from origin: ServerName) async throws {
        guard let user = content["user_id"]?.string.flatMap({ UserID($0) }), user.server == origin else { return }
        let own = context.serverName
        // Whom it concerns is looked up beside the writer; who joins in between learns of the user by joining.
        let watchers = try await context.database.read { transaction -> Set<UserID>? in
            try RemoteDeviceStore(transaction).sharesRoom(user, with: own) ? try DeviceListStore(transaction).watchers(of: user, on: own) : nil
        }
        // Nobody here follows the user: whoever asks for the keys later asks the user's server.
        guard let watchers else { return }
        let feed = context.feed
        try await context.database.write { transaction -> Position? in
            let isNew =
                switch type {
                case "m.device_list_update": try DeviceUpdate(content)?.apply(to: user, transaction) ?? false
                case "m.signing_key_update": try Self.setSigningKeys(of: user, content, transaction)
                default: false
                }
            guard isNew else { return nil }
            let position = try Positions.next(transaction)
            try DeviceListStore(transaction).noteChange(of: user, position: position)
            return position
        } whenDurable: { position in
            if let position { feed.publish(Change(position: position, kind: .deviceList(seenBy: watchers))) }
        }
    }

    private static func setSigningKeys(of user: UserID, _ content: JSON, _ transaction: Transaction) throws -> Bool {
        let keys = RemoteDevices.signingKeys(of: user, master: content["master_key"], selfSigning: content["self_signing_key"])
        // Keys of a list that was never fetched come with it.
        guard try RemoteDeviceStore(transaction).list(of: user) != nil else { return !keys.isEmpty }
        let store = SigningKeyStore(transaction)
        for key in keys { try store.set(key, of: user) }
        return !keys.isEmpty
    }
}

/// One update of a device list.
struct DeviceUpdate {
    let device: String
    /// The new identity keys; nil where the device has none, or is gone.
    let keys: JSON?
    let stream: Int
    let previous: [Int]

    /// Nil where it is malformed.
    init?(_ content: JSON) {
        guard let device = content["device_id"]?.string, !device.isEmpty, device.utf8.count <= KeyLimits.remoteNameBytes,
            let stream = content["stream_id"]?.integer
        else { return nil }
        self.device = device
        self.stream = stream
        previous = content["prev_id"]?.elements.compactMap(\.integer) ?? []
        keys = content["deleted"]?.bool == true ? nil : content["keys"]
    }

    /// Applies the update to the stored list, or marks the list as to be fetched anew; false for an update that was applied before.
    ///
    /// "If the receiving server does not recognise any of the prev_ids, it means an EDU has been lost".
    func apply(to user: UserID, _ transaction: Transaction) throws -> Bool {
        let store = RemoteDeviceStore(transaction)
        guard let list = try store.list(of: user), !list.isStale else { return true }
        guard list.stream != stream else { return false }
        guard let known = list.stream, stream > known, !previous.isEmpty, previous.allSatisfy({ $0 <= known }) else {
            try store.markStale(user)
            return true
        }
        var device: (device: String, keys: JSON)?
        if let keys {
            device = RemoteDevices.device(self.device, keys, of: user)
            guard device != nil else {
                try store.markStale(user)
                return true
            }
        }
        try store.update(self.device, device?.keys, of: user, stream: stream)
        return true
    }
}

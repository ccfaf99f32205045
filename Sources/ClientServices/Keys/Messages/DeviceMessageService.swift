import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Sends messages to devices here and elsewhere (client-server API, "Send-to-Device messaging").
struct DeviceMessageService: Sendable {
    let context: KeyContext

    func bind(to table: inout RouteTable) {
        table.on(SendToDevice.self) { caller, request in
            try await send(caller, request)
            return EmptyResponse()
        }
    }

    private func send(_ caller: UserCaller, _ request: SendToDevice.Request) async throws {
        let recipients = request.messages.users.reduce(0) { $0 + $1.devices.count }
        guard recipients <= KeyLimits.recipients else { throw MatrixError(400, .tooLarge, "At most \(KeyLimits.recipients) devices at once.") }
        let key = ClientTransactionKey(
            user: caller.user, device: RoomServiceContext.device(of: caller), scope: "sendToDevice/\(request.type)", id: request.transactionID)
        let own = context.serverName
        let environment = context.environment
        let (feed, wake) = (context.feed, context.remote.wake)
        let sender = caller.user
        try await context.database.write { transaction -> DeviceDelivery in
            let transactions = ClientTransactionStore(transaction)
            guard try transactions.response(to: key) == nil else { return DeviceDelivery() }
            try transactions.record(key, response: Array("{}".utf8))
            var delivery = try DeviceDelivery.deliver(
                request.messages.users.filter { $0.user.server == own }, type: request.type, from: sender, transaction)
            let remote = Dictionary(grouping: request.messages.users.filter { $0.user.server != own && !$0.devices.isEmpty }, by: \.user.server)
            for server in remote.keys.sorted() {
                for messages in Self.units(of: remote[server] ?? []) {
                    let content: JSONValue = [
                        "sender": .string(sender.description), "type": .string(request.type), "messages": messages,
                        // "maximum length 32 codepoints"
                        "message_id": .string(environment.randomToken(bytes: 18)),
                    ]
                    try OutboundDeviceMessageStore(transaction).add(content, to: server)
                }
                delivery.servers.append(server)
            }
            return delivery
        } whenDurable: { delivery in
            if let position = delivery.position { feed.publish(Change(position: position, kind: .users(delivery.users))) }
            if !delivery.servers.isEmpty { wake(delivery.servers) }
        }
    }

    /// The messages for one server in parts that other servers take, each by user and device.
    private static func units(of users: [(user: UserID, devices: [(device: String, content: JSON)])]) -> [JSONValue] {
        var units: [JSONValue] = []
        var unit: JSONValue = [:]
        var bytes = 0
        for (user, devices) in users {
            for (device, content) in devices {
                let size = content.rawBytes.count + user.description.utf8.count + device.utf8.count
                if bytes > 0, bytes + size > KeyLimits.outboundUnitBytes {
                    units.append(unit)
                    unit = [:]
                    bytes = 0
                }
                bytes += size
                var messages = unit[user.description] ?? [:]
                messages[device] = content.value
                unit[user.description] = messages
            }
        }
        return units + [unit]
    }
}

/// What one delivery of messages reached.
struct DeviceDelivery: Sendable {
    /// The position of the messages; nil where no local device got one.
    var position: Position?
    /// The local users with such devices.
    var users: Set<UserID> = []
    /// The other servers for which messages wait.
    var servers: [ServerName] = []

    /// Puts messages into the queues of local devices; devices that do not exist get none.
    static func deliver(
        _ messages: [(user: UserID, devices: [(device: String, content: JSON)])], type: String, from sender: UserID, _ transaction: Transaction
    ) throws -> DeviceDelivery {
        var delivery = DeviceDelivery()
        let store = DeviceMessageStore(transaction)
        for (user, contents) in messages where !contents.isEmpty {
            let devices = try DeviceStore(transaction).devices(of: user).map(\.id)
            for (device, content) in recipients(contents, devices) {
                let position = try delivery.position ?? Positions.next(transaction)
                delivery.position = position
                delivery.users.insert(user)
                try store.add(event(type, sender, content), to: device, of: user, position: position)
            }
        }
        return delivery
    }

    /// "The device ID may also be *, meaning all known devices for the user"; "Only one message can be sent to each device per transaction".
    private static func recipients(_ contents: [(device: String, content: JSON)], _ devices: [String]) -> [(device: String, content: JSON)] {
        devices.compactMap { device in
            (contents.first { $0.device == device } ?? contents.first { $0.device == "*" }).map { (device, $0.content) }
        }
    }

    private static func event(_ type: String, _ sender: UserID, _ content: JSON) -> [UInt8] {
        var bytes = Array("{\"content\":".utf8)
        content.appendLenient(to: &bytes)
        bytes.append(contentsOf: ",\"sender\":".utf8)
        JSONValue.string(sender.description).appendBytes(to: &bytes)
        bytes.append(contentsOf: ",\"type\":".utf8)
        JSONValue.string(type).appendBytes(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}

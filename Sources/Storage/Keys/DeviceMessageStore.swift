public import Database
public import MatrixModel

/// Messages that wait for local devices (client-server API, "Send-to-Device messaging"); they end with their device.
public struct DeviceMessageStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Puts a message's JSON text at the end of a device's queue; a device gets at most one at each position.
    public func add(_ message: [UInt8], to device: String, of user: UserID, position: Position) throws {
        try transaction.execute(
            "INSERT INTO device_messages (user_id, device_id, position, message) VALUES (\(user), \(device), \(position), \(message))")
    }

    /// The first messages after a position, oldest first.
    public func messages(
        for device: String, of user: UserID, after position: Position, limit: Int
    ) throws -> [(position: Position, message: [UInt8])] {
        try transaction.map(
            """
            SELECT position, message FROM device_messages
            WHERE user_id = \(user) AND device_id = \(device) AND position > \(position) ORDER BY position LIMIT \(limit)
            """
        ) { ($0.int(0), $0.blob(1)) }
    }

    /// The positions of the first and the last message that waits; nil where none does.
    public func extent(for device: String, of user: UserID) throws -> (first: Position, last: Position)? {
        guard let first = try place(of: device, user, "ASC") else { return nil }
        return (first, try place(of: device, user, "DESC") ?? first)
    }

    /// Removes messages that a device has, up to a position.
    public func remove(for device: String, of user: UserID, through position: Position) throws {
        try transaction.execute(
            "DELETE FROM device_messages WHERE user_id = \(user) AND device_id = \(device) AND position <= \(position)")
    }

    private func place(of device: String, _ user: UserID, _ direction: StaticString) throws -> Position? {
        try transaction.first(
            """
            SELECT position FROM device_messages WHERE user_id = \(user) AND device_id = \(device)
            ORDER BY position \(raw: direction) LIMIT 1
            """
        ) { $0.int(0) }
    }
}

/// The messages of other servers that were taken in, so that none is taken twice.
public struct ReceivedDeviceMessageStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Notes a message; false where it was noted before.
    public func note(_ id: String, from server: ServerName, at now: Int) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO received_device_messages (server, message_id, received) VALUES (\(server), \(id), \(now))
            ON CONFLICT (server, message_id) DO NOTHING
            """) == 1
    }

    /// Forgets messages from before `moment`, at most `limit`.
    public func deleteOld(before moment: Int, limit: Int = 1_000) throws {
        try transaction.execute(
            """
            DELETE FROM received_device_messages WHERE (server, message_id) IN (
                SELECT server, message_id FROM received_device_messages WHERE received < \(moment) ORDER BY received LIMIT \(limit))
            """)
    }
}

/// Messages for devices on their way to other servers, kept until the server has taken them.
public struct OutboundDeviceMessageStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Puts the content of an `m.direct_to_device` at the end of a server's queue.
    public func add(_ content: JSONValue, to server: ServerName) throws {
        try transaction.execute("INSERT INTO outbound_device_messages (server, content) VALUES (\(server), \(content.bytes()))")
    }

    /// The first contents for a server, oldest first.
    public func messages(for server: ServerName, limit: Int) throws -> [(entry: Int64, content: JSON)] {
        try transaction.map(
            "SELECT entry, content FROM outbound_device_messages WHERE server = \(server) ORDER BY entry LIMIT \(limit)"
        ) { ($0.int(0), try $0.json(1)) }
    }

    /// Removes contents that a server has, up to an entry.
    public func remove(for server: ServerName, through entry: Int64) throws {
        try transaction.execute("DELETE FROM outbound_device_messages WHERE server = \(server) AND entry <= \(entry)")
    }

    /// The servers for which contents wait, in order.
    public func servers() throws -> [ServerName] {
        try transaction.map("SELECT DISTINCT server FROM outbound_device_messages ORDER BY server") { try $0.server(0) }
    }
}

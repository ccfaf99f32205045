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

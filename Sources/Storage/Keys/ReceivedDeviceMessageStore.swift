public import Database
public import MatrixModel

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

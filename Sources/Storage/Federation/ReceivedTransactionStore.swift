public import Database
public import MatrixModel

/// What was answered to transactions of other servers, which they may repeat (server-server API, "Transactions").
public struct ReceivedTransactionStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The answer to that transaction, if it was received before.
    public func response(to id: String, from server: ServerName) throws -> [UInt8]? {
        try transaction.first("SELECT response FROM received_transactions WHERE server = \(server) AND transaction_id = \(id)") { $0.blob(0) }
    }

    /// Remembers an answer; the first one stays.
    public func record(_ id: String, from server: ServerName, response: [UInt8], at now: Int) throws {
        try transaction.execute(
            """
            INSERT INTO received_transactions (server, transaction_id, response, received)
            VALUES (\(server), \(id), \(response), \(now)) ON CONFLICT (server, transaction_id) DO NOTHING
            """)
    }

    /// Forgets transactions from before `moment`, at most `limit`; gives how many.
    public func deleteOld(before moment: Int, limit: Int = 1_000) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM received_transactions WHERE (server, transaction_id) IN (
                SELECT server, transaction_id FROM received_transactions WHERE received < \(moment) ORDER BY received LIMIT \(limit))
            """)
    }
}

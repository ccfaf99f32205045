public import Database
public import MatrixModel

/// What was answered to requests that a client may repeat; written in the transaction of the request's effect.
public struct ClientTransactionStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Remembers the event that a request made.
    public func record(_ request: ClientTransactionKey, event: EventID) throws {
        try transaction.execute(
            """
            INSERT INTO client_transactions (user_id, device_id, scope, transaction_id, event_id)
            VALUES (\(request.user), \(request.device), \(request.scope), \(request.id), \(event))
            """)
    }

    /// Remembers the body that a request was answered with.
    public func record(_ request: ClientTransactionKey, response: [UInt8]) throws {
        try transaction.execute(
            """
            INSERT INTO client_transactions (user_id, device_id, scope, transaction_id, response)
            VALUES (\(request.user), \(request.device), \(request.scope), \(request.id), \(response))
            """)
    }

    /// The event that the same request made before.
    public func event(for request: ClientTransactionKey) throws -> EventID? {
        try transaction.first(
            """
            SELECT event_id FROM client_transactions WHERE user_id = \(request.user) AND device_id = \(request.device)
            AND scope = \(request.scope) AND transaction_id = \(request.id) AND event_id IS NOT NULL
            """
        ) { try $0.eventID(0) }
    }

    /// The body that the same request was answered with before.
    public func response(to request: ClientTransactionKey) throws -> [UInt8]? {
        try transaction.first(
            """
            SELECT response FROM client_transactions WHERE user_id = \(request.user) AND device_id = \(request.device)
            AND scope = \(request.scope) AND transaction_id = \(request.id) AND response IS NOT NULL
            """
        ) { $0.blob(0) }
    }

    /// The transaction ID by which that device made that event, for the event's `unsigned`.
    public func transactionID(of event: EventID, user: UserID, device: String) throws -> String? {
        try transaction.first(
            "SELECT transaction_id FROM client_transactions WHERE event_id = \(event) AND user_id = \(user) AND device_id = \(device)"
        ) { $0.text(0) }
    }

    /// The transaction IDs by which that device made any of those events.
    public func transactionIDs(of events: [EventID], user: UserID, device: String) throws -> [EventID: String] {
        var found: [EventID: String] = [:]
        guard !events.isEmpty else { return found }
        try transaction.forEach(
            """
            SELECT event_id, transaction_id FROM client_transactions
            WHERE event_id IN (\(SQL.list(events))) AND user_id = \(user) AND device_id = \(device)
            """
        ) { row in found[try row.eventID(0)] = row.text(1) }
        return found
    }

    /// Forgets all but the newest `count` requests; gives how many went, at most `limit`.
    public func deleteOld(keeping count: Int, limit: Int = 1_000) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM client_transactions WHERE entry IN (
                SELECT entry FROM client_transactions
                WHERE entry <= (SELECT max(entry) FROM client_transactions) - \(count) ORDER BY entry LIMIT \(limit))
            """)
    }
}

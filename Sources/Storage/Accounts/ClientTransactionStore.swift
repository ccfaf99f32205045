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
        let scope = try intern(request)
        try transaction.execute("INSERT INTO client_transactions (scope, transaction_id, event_id) VALUES (\(scope), \(request.id), \(event))")
    }

    /// Remembers the body that a request was answered with.
    public func record(_ request: ClientTransactionKey, response: [UInt8]) throws {
        let scope = try intern(request)
        try transaction.execute("INSERT INTO client_transactions (scope, transaction_id, response) VALUES (\(scope), \(request.id), \(response))")
    }

    /// The event that the same request made before.
    public func event(for request: ClientTransactionKey) throws -> EventID? {
        guard let scope = try scope(of: request) else { return nil }
        return try transaction.first(
            """
            SELECT event_id FROM client_transactions
            WHERE scope = \(scope) AND transaction_id = \(request.id) AND event_id IS NOT NULL
            """
        ) { try $0.eventID(0) }
    }

    /// The body that the same request was answered with before.
    public func response(to request: ClientTransactionKey) throws -> [UInt8]? {
        guard let scope = try scope(of: request) else { return nil }
        return try transaction.first(
            """
            SELECT response FROM client_transactions
            WHERE scope = \(scope) AND transaction_id = \(request.id) AND response IS NOT NULL
            """
        ) { $0.blob(0) }
    }

    /// The transaction ID by which that device made that event, for the event's `unsigned`.
    public func transactionID(of event: EventID, user: UserID, device: String) throws -> String? {
        try transactionIDs(of: [event], user: user, device: device)[event]
    }

    /// The transaction IDs by which that device made any of those events.
    public func transactionIDs(of events: [EventID], user: UserID, device: String) throws -> [EventID: String] {
        var found: [EventID: String] = [:]
        guard !events.isEmpty else { return found }
        // A join would begin with all that the device ever sent.
        try transaction.forEach(
            """
            SELECT t.event_id, t.transaction_id FROM client_transactions t WHERE t.event_id IN (\(SQL.list(events))) AND EXISTS (
                SELECT 1 FROM client_transaction_scopes s WHERE s.scope = t.scope AND s.user_id = \(user) AND s.device_id = \(device))
            """
        ) { row in found[try row.eventID(0)] = row.text(1) }
        return found
    }

    /// The number of who asks for what, which many requests share.
    private func scope(of request: ClientTransactionKey) throws -> Int64? {
        try transaction.first(
            """
            SELECT scope FROM client_transaction_scopes
            WHERE user_id = \(request.user) AND device_id = \(request.device) AND name = \(request.scope)
            """
        ) { $0.int(0) }
    }

    private func intern(_ request: ClientTransactionKey) throws -> Int64 {
        if let scope = try scope(of: request) { return scope }
        let made = try transaction.first(
            """
            INSERT INTO client_transaction_scopes (user_id, device_id, name) VALUES (\(request.user), \(request.device), \(request.scope))
            RETURNING scope
            """
        ) { $0.int(0) }
        guard let made else { throw StorageError.missingRow("client_transaction_scopes") }
        return made
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

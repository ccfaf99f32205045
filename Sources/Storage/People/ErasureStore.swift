public import Database
public import MatrixModel

/// Users whose messages are shown only to those who were in their rooms before the users asked to be forgotten.
public struct ErasureStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Notes that a user asked at that position; an earlier request stays.
    public func add(_ user: UserID, at position: Position) throws {
        try transaction.execute("INSERT INTO erasures (user_id, position) VALUES (\(user), \(position)) ON CONFLICT (user_id) DO NOTHING")
    }

    /// All of them.
    public func erasures() throws -> [UserID: Position] {
        try transaction.map("SELECT user_id, position FROM erasures") { (try $0.user(0), $0.int(1)) }
            .reduce(into: [:]) { $0[$1.0] = $1.1 }
    }

    /// Whether a user was joined to a room at a position or before it.
    public func wasJoined(_ user: UserID, room: Int64, through position: Position) throws -> Bool {
        guard let slot = try StateStore(transaction).slot(.member(user)) else { return false }
        let events = EventStore(transaction)
        return try StateStore(transaction).history(room: room, slot: slot).contains { change in
            try change.position <= position && change.event.flatMap { try events.event(number: $0) }?.event.membership == .join
        }
    }

    /// Whether a server had a joined user in a room at a position or before it.
    public func wasJoined(_ server: ServerName, room: Int64, through position: Position) throws -> Bool {
        let suffix = ":\(server.description)"
        let numbers = try transaction.map(
            """
            SELECT c.event FROM current_state_log c JOIN slots s ON s.slot = c.slot
            WHERE c.room = \(room) AND c.position <= \(position) AND c.event IS NOT NULL AND s.type = 'm.room.member'
            AND substr(s.state_key, length(s.state_key) - length(\(suffix)) + 1) = \(suffix) ORDER BY c.position
            """
        ) { $0.int(0) }
        let events = EventStore(transaction)
        return try numbers.contains { try events.event(number: $0)?.event.membership == .join }
    }
}

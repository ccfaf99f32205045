public import Database
public import HashTreeCollections
public import MatrixModel

/// Questions that syncing asks of several tables at once.
public struct SyncQueries {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The rooms among a user's that have events or state changes after a position, by number.
    public func changedRooms(of user: UserID, after position: Position) throws -> [Int64] {
        let place = TimelineOrder.end(of: position)
        return try transaction.map(
            """
            SELECT m.room FROM memberships m WHERE m.user_id = \(user.description) AND (
                EXISTS (SELECT 1 FROM events e WHERE e.room = m.room AND e.ordering > \(place))
                OR EXISTS (SELECT 1 FROM current_state_log c WHERE c.room = m.room AND c.position > \(position)))
            ORDER BY m.room
            """
        ) { $0.int(0) }
    }

    /// The room's current state without its members, or what it was when the journal stood at `position`.
    public func currentStateWithoutMembers(room: Int64, at position: Position = .max) throws -> StateMap {
        var state = StateMap()
        try transaction.forEach(
            """
            SELECT c.slot, c.event FROM current_state_log c JOIN slots s ON s.slot = c.slot
            WHERE c.room = \(room) AND c.position <= \(position) AND s.type <> 'm.room.member' ORDER BY c.slot, c.position
            """
        ) { row in
            state[row.int(0)] = row.optionalInt(1)
        }
        return state
    }

    /// The events of all members that the current state has, or had when the journal stood at `position`; by event number.
    public func memberEvents(room: Int64, at position: Position = .max) throws -> [Int64] {
        var events: [Int64: Int64] = [:]
        try transaction.forEach(
            """
            SELECT c.slot, c.event FROM current_state_log c JOIN slots s ON s.slot = c.slot
            WHERE c.room = \(room) AND c.position <= \(position) AND s.type = 'm.room.member' ORDER BY c.slot, c.position
            """
        ) { row in
            events[row.int(0)] = row.optionalInt(1)
        }
        return events.values.sorted()
    }

    /// The joined users of one server in a room, by name.
    public func joinedUsers(room: Int64, of server: ServerName) throws -> [UserID] {
        let suffix = ":\(server.description)"
        return try transaction.map(
            """
            SELECT user_id FROM memberships WHERE room = \(room) AND membership = 'join'
            AND substr(user_id, length(user_id) - length(\(suffix)) + 1) = \(suffix) ORDER BY user_id
            """
        ) { try $0.user(0) }
    }

    /// The numbers of the redactions that cut events down, nil where none did, for those of the events that exist.
    public func redactions(of events: [Int64]) throws -> [Int64: Int64?] {
        var redactions: [Int64: Int64?] = [:]
        for start in stride(from: 0, to: events.count, by: SyncQueries.eventsAtOnce) {
            let numbers = events[start..<min(start + SyncQueries.eventsAtOnce, events.count)]
            try transaction.forEach("SELECT event, redaction FROM events WHERE event IN (\(SQL.list(numbers)))") { row in
                redactions[row.int(0)] = .some(row.optionalInt(1))
            }
        }
        return redactions
    }

    /// Events that one query by number gives at most.
    private static let eventsAtOnce = 256

    /// Whether an event's content was cut down by a redaction.
    public func isRedacted(_ event: Int64) throws -> Bool {
        try transaction.first("SELECT redaction IS NOT NULL FROM events WHERE event = \(event)") { $0.bool(0) } ?? false
    }
}

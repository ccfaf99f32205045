public import Database
public import MatrixModel

/// Questions that counting unread events asks of several tables at once.
public struct UnreadQueries {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// How far somebody has read by receipts, public or private: the furthest place in the timeline, unthreaded and by thread.
    public struct ReadPlaces: Sendable, Equatable {
        public var unthreaded: Int64 = .min
        /// By the root of the thread, or `main`.
        public var threads: [String: Int64] = [:]

        public init() {}

        mutating func add(_ thread: String, _ ordering: Int64) {
            if thread.isEmpty {
                unthreaded = max(unthreaded, ordering)
            } else {
                threads[thread] = max(threads[thread] ?? .min, ordering)
            }
        }
    }

    /// How far somebody has read in one room.
    public func readPlaces(room: RoomRow, user: UserID) throws -> ReadPlaces {
        var places = ReadPlaces()
        try transaction.forEach(
            """
            SELECT r.thread, e.ordering FROM receipts r JOIN events e ON e.event_id = r.event_id
            WHERE r.room_id = \(room.id) AND r.type IN ('m.read', 'm.read.private') AND r.user_id = \(user) AND e.room = \(room.number)
            AND e.ordering IS NOT NULL
            """
        ) { row in places.add(row.text(0), row.int(1)) }
        return places
    }

    /// How far somebody has read in each room that they are joined to, by the room's number; rooms without receipts are left out.
    public func readPlaces(user: UserID) throws -> [Int64: ReadPlaces] {
        var rooms: [Int64: ReadPlaces] = [:]
        try transaction.forEach(
            """
            SELECT m.room, r.thread, e.ordering FROM memberships m JOIN rooms n ON n.room = m.room
            JOIN receipts r ON r.room_id = n.room_id AND r.type IN ('m.read', 'm.read.private') AND r.user_id = m.user_id
            JOIN events e ON e.event_id = r.event_id
            WHERE m.user_id = \(user) AND m.membership = 'join' AND e.room = m.room AND e.ordering IS NOT NULL
            """
        ) { row in rooms[row.int(0), default: ReadPlaces()].add(row.text(1), row.int(2)) }
        return rooms
    }

    /// The newest place below `before` in the timeline of each room that somebody is joined to, by the room's number.
    public func newestPlaces(user: UserID, before: Int64) throws -> [Int64: Int64] {
        var places: [Int64: Int64] = [:]
        try transaction.forEach(
            """
            SELECT m.room, (SELECT max(e.ordering) FROM events e WHERE e.room = m.room AND e.ordering < \(before) AND e.ordering IS NOT NULL)
            FROM memberships m WHERE m.user_id = \(user) AND m.membership = 'join'
            """
        ) { row in
            if let place = row.optionalInt(1) { places[row.int(0)] = place }
        }
        return places
    }

    /// The positions at which the account's push rules and ignored users last changed, 0 for never.
    public func rulePositions(user: UserID) throws -> (pushRules: Position, ignoredUsers: Position) {
        var positions: (pushRules: Position, ignoredUsers: Position) = (0, 0)
        try transaction.forEach(
            """
            SELECT type, position FROM account_data
            WHERE user_id = \(user) AND room_id = '' AND type IN ('m.push_rules', 'm.ignored_user_list')
            """
        ) { row in
            if row.text(0) == "m.push_rules" { positions.pushRules = row.int(1) } else { positions.ignoredUsers = row.int(1) }
        }
        return positions
    }

    /// The place of an event in its room's timeline, and whether a redaction cut it down; nil where it is not here or has no place.
    public func standing(of id: EventID, room: Int64) throws -> (ordering: Int64, isRedacted: Bool)? {
        try transaction.first(
            "SELECT ordering, redaction IS NOT NULL FROM events WHERE event_id = \(id) AND room = \(room) AND ordering IS NOT NULL"
        ) { ($0.int(0), $0.bool(1)) }
    }

    /// How many members were joined when the journal stood at a position.
    public func joinedCount(room: Int64, at position: Position) throws -> Int {
        var count = try transaction.first("SELECT coalesce(sum(members), 0) FROM room_servers WHERE room = \(room)")?.integer(0) ?? 0
        let slots = try transaction.map(
            """
            SELECT DISTINCT c.slot FROM current_state_log c JOIN slots s ON s.slot = c.slot
            WHERE c.room = \(room) AND c.position > \(position) AND s.type = 'm.room.member'
            """
        ) { $0.int(0) }
        for slot in slots {
            count += try isJoined(room: room, slot: slot, at: position) ? 1 : 0
            count -= try isJoined(room: room, slot: slot, at: .max) ? 1 : 0
        }
        return count
    }

    private func isJoined(room: Int64, slot: Int64, at position: Position) throws -> Bool {
        guard let event = try StateStore(transaction).currentEvent(room: room, slot: slot, at: position) else { return false }
        return try EventStore(transaction).event(number: event)?.event.membership == .join
    }
}

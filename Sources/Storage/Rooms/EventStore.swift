public import Database
public import MatrixModel

/// The events of all rooms; written by the journal alone.
public struct EventStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The event with that identifier.
    public func event(_ id: EventID) throws -> StoredEvent? {
        try transaction.first(
            """
            SELECT event, event_id, e.room, position, ordering, slot, flags, before_branch, before_position, after_branch, after_position,
                redaction, json, version, room_id FROM events e JOIN rooms r ON r.room = e.room WHERE event_id = \(id.description)
            """,
            decode)
    }

    /// The event of that number.
    public func event(number: Int64) throws -> StoredEvent? {
        try transaction.first(
            """
            SELECT event, event_id, e.room, position, ordering, slot, flags, before_branch, before_position, after_branch, after_position,
                redaction, json, version, room_id FROM events e JOIN rooms r ON r.room = e.room WHERE event = \(number)
            """,
            decode)
    }

    /// The events of those numbers that exist, in the order asked.
    public func events(numbers: some Sequence<Int64>) throws -> [StoredEvent] {
        let wanted = Array(numbers)
        guard wanted.count > 2 else { return try wanted.compactMap { try event(number: $0) } }
        var found: [Int64: StoredEvent] = [:]
        found.reserveCapacity(wanted.count)
        for start in stride(from: 0, to: wanted.count, by: EventStore.eventsAtOnce) {
            let numbers = wanted[start..<min(start + EventStore.eventsAtOnce, wanted.count)]
            let events = try transaction.map(
                """
                SELECT event, event_id, e.room, position, ordering, slot, flags, before_branch, before_position, after_branch, after_position,
                    redaction, json, version, room_id FROM events e JOIN rooms r ON r.room = e.room WHERE event IN (\(SQL.list(numbers)))
                """, decode)
            for event in events { found[event.number] = event }
        }
        return wanted.compactMap { found[$0] }
    }

    /// Events that one query by number gives at most.
    private static let eventsAtOnce = 128

    /// The identifier of the event of that number.
    public func id(number: Int64) throws -> EventID? {
        try transaction.first("SELECT event_id FROM events WHERE event = \(number)").flatMap { EventID($0.text(0)) }
    }

    /// What is known of an event, without its body.
    public func find(_ id: EventID) throws -> Standing? {
        try transaction.first(
            """
            SELECT event, room, flags, before_branch, before_position, after_branch, after_position, position FROM events
            WHERE event_id = \(id.description)
            """
        ) { row in
            Standing(
                number: row.int(0), room: row.int(1), flags: EventFlags(rawValue: row.int(2)),
                before: reference(row.optionalInt(3), row.optionalInt(4)), after: reference(row.optionalInt(5), row.optionalInt(6)),
                position: row.optionalInt(7))
        }
    }

    /// What is known of those events that exist, without their bodies.
    public func find(_ ids: some Sequence<EventID>) throws -> [EventID: Standing] {
        var found: [EventID: Standing] = [:]
        for id in ids { found[id] = try find(id) }
        return found
    }

    /// An event's numbers and standing.
    public struct Standing: Sendable {
        public let number: Int64
        /// The room's number.
        public let room: Int64
        public let flags: EventFlags
        /// The state before the event, where it is known.
        public let before: StateReference?
        /// The state after the event, where it is known.
        public let after: StateReference?
        /// The journal's position; nil for events that did not arrive live.
        public let position: Position?

        public init(
            number: Int64, room: Int64, flags: EventFlags, before: StateReference?, after: StateReference?, position: Position?
        ) {
            self.number = number
            self.room = room
            self.flags = flags
            self.before = before
            self.after = after
            self.position = position
        }

        /// Whether the state at the event is known.
        public var hasState: Bool { after != nil }
        /// Whether the event has its place in the graph.
        public var isPlaced: Bool { !flags.contains(.outlier) }
    }

    /// The state events that name one among their auth events: number and slot, oldest first, as long as `body` returns true.
    public func citing(_ number: Int64, while body: (_ event: Int64, _ slot: Int64?) throws -> Bool) throws {
        struct Enough: Error {}
        do {
            try transaction.forEach(
                "SELECT a.event, e.slot FROM auth_edges a JOIN events e ON e.event = a.event WHERE a.auth = \(number) ORDER BY a.event"
            ) { row in
                guard try body(row.int(0), row.optionalInt(1)) else { throw Enough() }
            }
        } catch is Enough {}
    }

    /// A stretch of a room's timeline: events between two places, at most `limit`, newest or oldest first; outliers, rejected and soft-failed
    /// events are left out.
    public func timeline(room: Int64, after: Int64 = .min, before: Int64 = .max, limit: Int, newestFirst: Bool) throws -> [StoredEvent] {
        let hidden = EventFlags([.outlier, .rejected, .softFailed]).rawValue
        if newestFirst {
            return try transaction.map(
                """
                SELECT event, event_id, e.room, position, ordering, slot, flags, before_branch, before_position, after_branch, after_position,
                    redaction, json, version, room_id FROM events e JOIN rooms r ON r.room = e.room
                WHERE e.room = \(room) AND ordering > \(after) AND ordering < \(before) AND ordering IS NOT NULL AND (flags & \(hidden)) = 0
                ORDER BY ordering DESC LIMIT \(Int64(limit))
                """,
                decode)
        } else {
            return try transaction.map(
                """
                SELECT event, event_id, e.room, position, ordering, slot, flags, before_branch, before_position, after_branch, after_position,
                    redaction, json, version, room_id FROM events e JOIN rooms r ON r.room = e.room
                WHERE e.room = \(room) AND ordering > \(after) AND ordering < \(before) AND ordering IS NOT NULL AND (flags & \(hidden)) = 0
                ORDER BY ordering LIMIT \(Int64(limit))
                """,
                decode)
        }
    }

    /// Events that took positions after `after` up to `through`, in order, of all rooms, shown or not.
    public func journal(after: Position, through: Position = .max, limit: Int) throws -> [StoredEvent] {
        try transaction.rows(
            """
            SELECT event, event_id, e.room, position, ordering, slot, flags, before_branch, before_position, after_branch, after_position,
                redaction, json, version, room_id FROM events e JOIN rooms r ON r.room = e.room
            WHERE position > \(after) AND position <= \(through) AND position IS NOT NULL ORDER BY position LIMIT \(Int64(limit))
            """
        ).map(decode)
    }

    /// The rooms with events after `after` up to `through`, by number.
    public func rooms(changedAfter after: Position, through: Position) throws -> Set<Int64> {
        Set(
            try transaction.rows(
                "SELECT DISTINCT room FROM events WHERE position > \(after) AND position <= \(through) AND position IS NOT NULL"
            ).map { $0.int(0) })
    }

    /// The largest place below `ordering` that is taken in the room.
    public func previousOrdering(room: Int64, below ordering: Int64) throws -> Int64? {
        try transaction.first("SELECT max(ordering) FROM events WHERE room = \(room) AND ordering < \(ordering) AND ordering IS NOT NULL")?
            .optionalInt(0)
    }

    /// The nearest free place in the timeline before an event; nil where the event has none, or there is none near.
    func freePlace(before event: Int64) throws -> Int64? {
        guard let row = try transaction.first("SELECT room, ordering FROM events WHERE event = \(event)"), let ordering = row.optionalInt(1)
        else { return nil }
        var place = ordering - 1
        let taken = try transaction.map(
            """
            SELECT ordering FROM events WHERE room = \(row.int(0)) AND ordering < \(ordering) AND ordering IS NOT NULL
            ORDER BY ordering DESC LIMIT \(EventStore.placesTried)
            """
        ) { $0.int(0) }
        for other in taken {
            guard other == place else { return place }
            place -= 1
        }
        return taken.count < EventStore.placesTried ? place : nil
    }

    /// Neighbouring places looked at for a free one.
    private static let placesTried = 1_000

    /// An event that names another, absent one as previous; nil where none does.
    public func naming(_ missing: EventID, room: Int64) throws -> Int64? {
        try transaction.first(
            "SELECT event FROM missing_events WHERE room = \(room) AND missing = \(missing.description) ORDER BY event LIMIT 1")?.int(0)
    }

    /// The room's forward extremities: numbers of the events that no other event names as previous.
    public func extremities(room: Int64) throws -> [Int64] {
        try transaction.rows("SELECT event FROM extremities WHERE room = \(room) ORDER BY event").map { $0.int(0) }
    }

    /// Events that are named as previous but absent, each with the event that names it.
    public func missing(room: Int64) throws -> [(missing: EventID, namedBy: Int64, ordering: Int64)] {
        try transaction.rows(
            """
            SELECT m.missing, m.event, e.ordering FROM missing_events m JOIN events e ON e.event = m.event
            WHERE m.room = \(room) AND e.ordering IS NOT NULL ORDER BY e.ordering DESC, m.missing
            """
        ).compactMap { row in EventID(row.text(0)).map { ($0, row.int(1), row.int(2)) } }
    }

    /// Accepted redactions of an event that came before it.
    public func redactions(waitingFor target: EventID) throws -> [StoredEvent] {
        let numbers = try transaction.rows(
            "SELECT redaction FROM waiting_redactions WHERE target = \(target.description) ORDER BY redaction"
        ).map { $0.int(0) }
        return try events(numbers: numbers)
    }

    /// The largest number in use.
    public func largestNumber() throws -> Int64 {
        try transaction.first("SELECT max(event) FROM events")?.optionalInt(0) ?? 0
    }

    /// The largest branch number in use.
    public func largestBranch() throws -> Int64 {
        try transaction.first("SELECT max(branch) FROM state_branches")?.optionalInt(0) ?? 0
    }

    private func decode(_ row: Row) throws -> StoredEvent {
        guard let version = RoomVersion(row.text(13)), let id = EventID(row.text(1)), let roomID = RoomID(row.text(14)) else {
            throw StorageError.corrupt("event \(row.int(0))")
        }
        let event = try Event.stored(row.blob(12), id: id, roomID: roomID, rules: version.rules)
        return StoredEvent(
            number: row.int(0), event: event, room: row.int(2), position: row.optionalInt(3), ordering: row.optionalInt(4),
            slot: row.optionalInt(5), flags: EventFlags(rawValue: row.int(6)), before: reference(row.optionalInt(7), row.optionalInt(8)),
            after: reference(row.optionalInt(9), row.optionalInt(10)), redaction: row.optionalInt(11))
    }

    private func reference(_ branch: Int64?, _ position: Int64?) -> StateReference? {
        guard let branch, let position else { return nil }
        return StateReference(branch: branch, position: position)
    }
}

extension Event {
    /// An event from bytes that were checked when they were stored.
    static func stored(_ bytes: [UInt8], id: EventID, roomID: RoomID, rules: RoomVersionRules) throws -> Event {
        let json: JSON
        do { json = try JSON.parse(bytes) } catch { throw StorageError.corrupt("\(id): \(error)") }
        guard let type = json["type"]?.string, let sender = json["sender"]?.string.flatMap({ UserID($0) }), let content = json["content"] else {
            throw StorageError.corrupt("\(id)")
        }
        return Event(
            id: id, roomID: roomID, type: type, stateKey: json["state_key"]?.string, sender: sender,
            originServerTS: json["origin_server_ts"]?.integer ?? 0, depth: json["depth"]?.integer ?? 0,
            prevEvents: references(json["prev_events"]), authEvents: references(json["auth_events"]),
            redacts: (rules.redactsInContent ? content["redacts"] : json["redacts"])?.string.flatMap { EventID($0) }, json: json, content: content,
            rules: rules)
    }

    /// Event references in either form: `"$id"`, or `["$id", {"sha256": …}]` of room versions 1 and 2.
    private static func references(_ list: JSON?) -> [EventID] {
        guard let list else { return [] }
        return list.elements.compactMap { element in (element.string ?? element[0]?.string).flatMap { EventID($0) } }
    }
}

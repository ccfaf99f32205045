public import Database
public import MatrixModel

/// Which events refer to which. A child that is not shown, or was redacted, does not count; nor does one of another room.
///
/// Where a statement writes `+ordering`, it means to find a parent's children by their kind, of which there may be few among many.
public struct RelationStore {
    let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The children of one kind that an event has.
    public struct Count: Sendable {
        public let parent: EventID
        public let type: String
        public let children: Int
        /// The last child's place in the timeline.
        public let latest: Int64
    }

    /// A child's number and its place in the timeline.
    public struct Child: Sendable {
        public let number: Int64
        public let ordering: Int64
    }

    /// What children those events have that are told with them: edits, threads, references. One query.
    public func counts(of parents: some Sequence<EventID>, room: Int64) throws -> [Count] {
        try transaction.map(
            """
            SELECT parent, rel_type, children, latest FROM relation_counts
            WHERE room = \(room) AND parent IN (\(SQL.list(parents))) ORDER BY parent, rel_type
            """
        ) { Count(parent: try $0.eventID(0), type: $0.text(1), children: $0.integer(2), latest: $0.int(3)) }
    }

    /// What an event is to another; nil where it relates to none.
    public func parent(of child: Int64) throws -> (parent: EventID, type: String)? {
        try transaction.first("SELECT parent, rel_type FROM relations WHERE child = \(child)") { (try $0.eventID(0), $0.text(1)) }
    }

    /// The edits of an event by its sender, of its type, up to a place; the most recent first: "The most recent event is determined by comparing
    /// origin_server_ts; if two or more replacement events have identical origin_server_ts, the event with the lexicographically largest
    /// event_id is treated as more recent."
    public func replacements(of event: Event, room: Int64, through last: Int64 = .max, limit: Int) throws -> [Int64] {
        try transaction.map(
            """
            SELECT r.child FROM relations r JOIN events e ON e.event = r.child
            WHERE r.room = \(room) AND r.parent = \(event.id) AND r.rel_type = 'm.replace' AND r.sender = \(event.sender)
                AND r.event_type = \(event.type) AND r.ordering IS NOT NULL AND +r.ordering <= \(last)
            ORDER BY r.timestamp DESC, e.event_id DESC LIMIT \(limit)
            """
        ) { $0.int(0) }
    }

    /// The identifiers of children of one kind by wanted senders, oldest first.
    public func identifiers(
        of parent: EventID, room: Int64, type: String, through last: Int64 = .max, limit: Int, bySender isWanted: (String) -> Bool
    ) throws -> [EventID] {
        struct Enough: Error {}
        var found: [EventID] = []
        do {
            try transaction.forEach(
                """
                SELECT e.event_id, r.sender FROM relations r JOIN events e ON e.event = r.child
                WHERE r.room = \(room) AND r.parent = \(parent) AND r.rel_type = \(type) AND r.ordering IS NOT NULL
                    AND +r.ordering <= \(last) ORDER BY +r.ordering
                """
            ) { row in
                guard isWanted(row.text(1)) else { return }
                guard found.count < limit else { throw Enough() }
                found.append(try row.eventID(0))
            }
        } catch is Enough {}
        return found
    }

    /// How many children of one kind there are up to a place by wanted senders.
    public func count(
        of parent: EventID, room: Int64, type: String, through last: Int64 = .max, bySender isWanted: (String) -> Bool
    ) throws -> Int {
        var count = 0
        try transaction.forEach(
            """
            SELECT sender, count(*) FROM relations
            WHERE room = \(room) AND parent = \(parent) AND rel_type = \(type) AND ordering IS NOT NULL AND +ordering <= \(last) GROUP BY sender
            """
        ) { row in
            if isWanted(row.text(0)) { count += row.integer(1) }
        }
        return count
    }

    /// Whether somebody sent a child of one kind.
    public func hasChild(of parent: EventID, room: Int64, type: String, by sender: UserID) throws -> Bool {
        try transaction.first(
            """
            SELECT 1 FROM relations WHERE room = \(room) AND parent = \(parent) AND rel_type = \(type) AND sender = \(sender)
                AND ordering IS NOT NULL LIMIT 1
            """) != nil
    }

    /// Whether somebody annotated an event with that key in an event of that type.
    public func isAnnotated(_ parent: EventID, room: Int64, by sender: UserID, eventType: String, key: String?) throws -> Bool {
        try transaction.first(
            """
            SELECT 1 FROM relations WHERE room = \(room) AND parent = \(parent) AND rel_type = 'm.annotation' AND sender = \(sender)
                AND event_type = \(eventType) AND key IS \(key) AND ordering IS NOT NULL LIMIT 1
            """) != nil
    }
}

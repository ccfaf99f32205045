import Database
public import MatrixModel

extension RelationStore {
    /// Children of an event between two places, of one kind or any, newest or oldest first.
    public func children(
        of parent: EventID, room: Int64, type: String?, eventType: String?, after: Int64, before: Int64, newestFirst: Bool, limit: Int
    ) throws -> [Child] {
        let condition: SQL =
            "room = \(room) AND parent = \(parent) AND ordering > \(after) AND ordering < \(before) AND \(Self.kind(type, eventType))"
        return try newestFirst
            ? transaction.map("SELECT child, ordering FROM relations WHERE \(condition) ORDER BY ordering DESC LIMIT \(limit)", Self.child)
            : transaction.map("SELECT child, ordering FROM relations WHERE \(condition) ORDER BY ordering LIMIT \(limit)", Self.child)
    }

    /// Children of an event, their children and so on through `depth` generations, of one kind or any; each once.
    public func descendants(
        of parent: EventID, room: Int64, type: String?, eventType: String?, depth: Int, after: Int64, before: Int64, newestFirst: Bool, limit: Int
    ) throws -> [Child] {
        // Filters "will be applied to all events returned, whether direct or indirect relations"; what is reached only by way of an event that
        // does not match "will not be included".
        let start: SQL =
            """
            WITH RECURSIVE family (child, ordering, depth) AS (
                SELECT child, ordering, 1 FROM relations
                WHERE room = \(room) AND parent = \(parent) AND ordering IS NOT NULL AND \(Self.kind(type, eventType))
                UNION
                SELECT r.child, r.ordering, f.depth + 1 FROM family f JOIN events e ON e.event = f.child
                    JOIN relations r ON r.room = \(room) AND r.parent = e.event_id AND r.ordering IS NOT NULL
                WHERE f.depth < \(depth) AND \(Self.kind(type, eventType, of: "r")))
            """
        let condition: SQL = "ordering > \(after) AND ordering < \(before)"
        return try newestFirst
            ? transaction.map(
                "\(start) SELECT DISTINCT child, ordering FROM family WHERE \(condition) ORDER BY ordering DESC LIMIT \(limit)", Self.child)
            : transaction.map(
                "\(start) SELECT DISTINCT child, ordering FROM family WHERE \(condition) ORDER BY ordering LIMIT \(limit)", Self.child)
    }

    /// Which of some events have a child of one of those kinds from one of those senders; nil admits every kind or sender.
    public func parents(among events: some Sequence<EventID>, room: Int64, types: [String]?, senders: [String]?) throws -> Set<EventID> {
        let kinds: SQL = types.map { "rel_type IN (\(SQL.list($0)))" } ?? "TRUE"
        let people: SQL = senders.map { "sender IN (\(SQL.list($0)))" } ?? "TRUE"
        return Set(
            try transaction.map(
                """
                SELECT DISTINCT parent FROM relations WHERE room = \(room) AND parent IN (\(SQL.list(events)))
                    AND ordering IS NOT NULL AND \(kinds) AND \(people)
                """
            ) { try $0.eventID(0) })
    }

    /// The roots of a room's threads whose last event stands before a place, the latest thread first; each with that event's place.
    public func threads(room: Int64, before: Int64, limit: Int) throws -> [(root: EventID, latest: Int64)] {
        try transaction.map(
            """
            SELECT parent, latest FROM relation_counts WHERE room = \(room) AND rel_type = 'm.thread' AND latest < \(before)
            ORDER BY latest DESC LIMIT \(limit)
            """
        ) { (try $0.eventID(0), $0.int(1)) }
    }

    private static func child(_ row: Row) -> Child { Child(number: row.int(0), ordering: row.int(1)) }

    private static func kind(_ type: String?, _ eventType: String?) -> SQL {
        switch (type, eventType) {
        case (nil, nil): "TRUE"
        case (let type?, nil): "rel_type = \(type)"
        case (nil, let eventType?): "event_type = \(eventType)"
        case (let type?, let eventType?): "rel_type = \(type) AND event_type = \(eventType)"
        }
    }

    private static func kind(_ type: String?, _ eventType: String?, of table: StaticString) -> SQL {
        switch (type, eventType) {
        case (nil, nil): "TRUE"
        case (let type?, nil): "\(raw: table).rel_type = \(type)"
        case (nil, let eventType?): "\(raw: table).event_type = \(eventType)"
        case (let type?, let eventType?): "\(raw: table).rel_type = \(type) AND \(raw: table).event_type = \(eventType)"
        }
    }
}

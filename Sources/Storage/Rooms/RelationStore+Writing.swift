import Database
import MatrixModel

extension RelationStore {
    /// Notes to what a new event relates; nothing for the many that relate to nothing.
    func add(_ event: Event, number: Int64, room: Int64, flags: EventFlags, ordering: Int64?) throws {
        guard let relation = Relation(of: event) else { return }
        let shown = flags.isShown ? ordering : nil
        _ = try transaction.execute(
            """
            INSERT INTO relations (child, room, parent, rel_type, event_type, sender, key, timestamp, ordering)
            VALUES (\(number), \(room), \(relation.parent), \(relation.type), \(event.type), \(event.sender), \(relation.key),
                \(Int64(event.originServerTS)), \(shown))
            """)
        if let shown { try count(relation.parent, relation.type, room: room, ordering: shown) }
    }

    /// Gives an event that was known outside the graph its place.
    func place(_ event: Event, number: Int64, flags: EventFlags, ordering: Int64?) throws {
        guard let relation = Relation(of: event), let shown = flags.isShown ? ordering : nil else { return }
        let room = try transaction.first("UPDATE relations SET ordering = \(shown) WHERE child = \(number) AND ordering IS NULL RETURNING room") {
            $0.int(0)
        }
        if let room { try count(relation.parent, relation.type, room: room, ordering: shown) }
    }

    /// "when a child event is redacted then the relationship is broken."
    func remove(child: Int64) throws {
        let removed = try transaction.first(
            "DELETE FROM relations WHERE child = \(child) RETURNING room, parent, rel_type, ordering IS NOT NULL"
        ) { (room: $0.int(0), parent: try $0.eventID(1), type: $0.text(2), isCounted: $0.bool(3)) }
        guard let removed, removed.isCounted, Relation.isCounted(removed.type) else { return }
        _ = try transaction.execute(
            """
            DELETE FROM relation_counts
            WHERE room = \(removed.room) AND parent = \(removed.parent) AND rel_type = \(removed.type) AND children <= 1
            """)
        _ = try transaction.execute(
            """
            UPDATE relation_counts SET children = children - 1, latest = coalesce((SELECT max(ordering) FROM relations
                WHERE room = \(removed.room) AND parent = \(removed.parent) AND rel_type = \(removed.type) AND ordering IS NOT NULL), latest)
            WHERE room = \(removed.room) AND parent = \(removed.parent) AND rel_type = \(removed.type)
            """)
    }

    private func count(_ parent: EventID, _ type: String, room: Int64, ordering: Int64) throws {
        guard Relation.isCounted(type) else { return }
        _ = try transaction.execute(
            """
            INSERT INTO relation_counts (room, parent, rel_type, children, latest) VALUES (\(room), \(parent), \(type), 1, \(ordering))
            ON CONFLICT (room, parent, rel_type) DO UPDATE SET children = relation_counts.children + 1,
                latest = max(relation_counts.latest, excluded.latest)
            """)
    }
}

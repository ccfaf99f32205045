import Database

extension Schema {
    /// What the list of rooms shows of each room, and the connections of sliding sync. Frozen once published.
    static let migration0008SlidingSync = Migration(
        number: 8, name: "sliding sync", statements: factTables + connectionTables)

    private static let factTables = [
        """
        CREATE TABLE room_facts (
            room INTEGER PRIMARY KEY,
            changed INTEGER NOT NULL,
            activity INTEGER NOT NULL,
            bump INTEGER NOT NULL,
            type TEXT,
            encryption TEXT,
            name TEXT
        )
        """,
        // Places of the timeline are positions times 2^20. Which of the old events were messages is not worth a look at all of them.
        """
        INSERT INTO room_facts (room, changed, activity, bump)
        SELECT room, max(event_position, state_position), event_position, event_position FROM (
            SELECT r.room,
                coalesce((SELECT max(e.ordering) FROM events e WHERE e.room = r.room AND e.ordering IS NOT NULL), 0) / 1048576 AS event_position,
                coalesce((SELECT max(c.position) FROM current_state_log c WHERE c.room = r.room), 0) AS state_position
            FROM rooms r)
        """,
        """
        UPDATE room_facts SET type = (
            SELECT CASE WHEN json_type(CAST(e.json AS TEXT), '$.content.type') = 'text' THEN json_extract(CAST(e.json AS TEXT), '$.content.type') END
            FROM slots s JOIN current_state_log c ON c.room = room_facts.room AND c.slot = s.slot JOIN events e ON e.event = c.event
            WHERE s.type = 'm.room.create' AND s.state_key = '' ORDER BY c.position DESC LIMIT 1)
        """,
        """
        UPDATE room_facts SET encryption = (
            SELECT coalesce(CAST(json_extract(CAST(e.json AS TEXT), '$.content.algorithm') AS TEXT), '')
            FROM slots s JOIN current_state_log c ON c.room = room_facts.room AND c.slot = s.slot JOIN events e ON e.event = c.event
            WHERE s.type = 'm.room.encryption' AND s.state_key = '' ORDER BY c.position DESC LIMIT 1)
        """,
        """
        UPDATE room_facts SET name = (
            SELECT CASE WHEN json_type(CAST(e.json AS TEXT), '$.content.name') = 'text'
                THEN nullif(json_extract(CAST(e.json AS TEXT), '$.content.name'), '') END
            FROM slots s JOIN current_state_log c ON c.room = room_facts.room AND c.slot = s.slot JOIN events e ON e.event = c.event
            WHERE s.type = 'm.room.name' AND s.state_key = '' ORDER BY c.position DESC LIMIT 1)
        """,
    ]

    private static let connectionTables = [
        """
        CREATE TABLE sliding_connections (
            connection INTEGER PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES accounts (user_id) ON DELETE CASCADE,
            device_id TEXT NOT NULL,
            name TEXT NOT NULL,
            newest INTEGER NOT NULL,
            previous INTEGER,
            used INTEGER NOT NULL,
            UNIQUE (user_id, device_id, name)
        )
        """,
        "CREATE INDEX sliding_connections_used ON sliding_connections (used)",
        """
        CREATE TABLE sliding_demands (
            connection INTEGER NOT NULL REFERENCES sliding_connections (connection) ON DELETE CASCADE,
            demand INTEGER NOT NULL,
            state BLOB NOT NULL,
            PRIMARY KEY (connection, demand)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE sliding_rooms (
            connection INTEGER NOT NULL REFERENCES sliding_connections (connection) ON DELETE CASCADE,
            room INTEGER NOT NULL,
            serial INTEGER NOT NULL,
            through INTEGER NOT NULL,
            timeline_limit INTEGER NOT NULL,
            shown INTEGER NOT NULL,
            demand INTEGER NOT NULL,
            flags INTEGER NOT NULL,
            receipts_since INTEGER,
            data_since INTEGER,
            notifications INTEGER NOT NULL,
            highlights INTEGER NOT NULL,
            members BLOB,
            PRIMARY KEY (connection, room, serial)
        ) WITHOUT ROWID
        """,
    ]
}

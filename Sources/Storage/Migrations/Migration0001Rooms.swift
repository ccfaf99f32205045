import Database

extension Schema {
    /// Rooms, the event graph, state, memberships and the outbox. Frozen.
    static let migration0001Rooms = Migration(
        number: 1, name: "rooms",
        statements: [
            "CREATE TABLE shards (shard INTEGER PRIMARY KEY, head INTEGER NOT NULL)",
            "INSERT INTO shards (shard, head) VALUES (0, 0)",
            """
            CREATE TABLE rooms (
                room INTEGER PRIMARY KEY,
                room_id TEXT NOT NULL UNIQUE,
                version TEXT NOT NULL,
                revision INTEGER NOT NULL DEFAULT 0,
                current_branch INTEGER,
                current_position INTEGER,
                participating INTEGER NOT NULL DEFAULT 0
            )
            """,
            """
            CREATE TABLE slots (
                slot INTEGER PRIMARY KEY,
                type TEXT NOT NULL,
                state_key TEXT NOT NULL,
                UNIQUE (type, state_key)
            )
            """,
            """
            CREATE TABLE events (
                event INTEGER PRIMARY KEY,
                event_id TEXT NOT NULL UNIQUE,
                room INTEGER NOT NULL,
                position INTEGER,
                ordering INTEGER,
                depth INTEGER NOT NULL,
                slot INTEGER,
                flags INTEGER NOT NULL,
                before_branch INTEGER,
                before_position INTEGER,
                after_branch INTEGER,
                after_position INTEGER,
                redaction INTEGER,
                json BLOB NOT NULL
            )
            """,
            "CREATE INDEX events_ordering ON events (room, ordering) WHERE ordering IS NOT NULL",
            "CREATE INDEX events_position ON events (position) WHERE position IS NOT NULL",
            """
            CREATE TABLE auth_edges (
                auth INTEGER NOT NULL,
                event INTEGER NOT NULL,
                PRIMARY KEY (auth, event)
            ) WITHOUT ROWID
            """,
            "CREATE TABLE extremities (room INTEGER NOT NULL, event INTEGER NOT NULL, PRIMARY KEY (room, event)) WITHOUT ROWID",
            """
            CREATE TABLE missing_events (
                room INTEGER NOT NULL,
                missing TEXT NOT NULL,
                event INTEGER NOT NULL,
                PRIMARY KEY (room, missing, event)
            )
            """,
            "CREATE TABLE waiting_redactions (target TEXT NOT NULL, redaction INTEGER NOT NULL, PRIMARY KEY (target, redaction))",
            """
            CREATE TABLE state_branches (
                branch INTEGER PRIMARY KEY,
                room INTEGER NOT NULL,
                parent INTEGER,
                parent_position INTEGER,
                head INTEGER NOT NULL,
                depth INTEGER NOT NULL
            )
            """,
            "CREATE INDEX state_branches_room ON state_branches (room)",
            """
            CREATE TABLE state_log (
                branch INTEGER NOT NULL,
                slot INTEGER NOT NULL,
                position INTEGER NOT NULL,
                event INTEGER,
                PRIMARY KEY (branch, slot, position)
            ) WITHOUT ROWID
            """,
            """
            CREATE TABLE current_state_log (
                room INTEGER NOT NULL,
                slot INTEGER NOT NULL,
                position INTEGER NOT NULL,
                event INTEGER,
                PRIMARY KEY (room, slot, position)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX current_state_log_position ON current_state_log (room, position)",
            """
            CREATE TABLE memberships (
                user_id TEXT NOT NULL,
                room INTEGER NOT NULL,
                membership TEXT NOT NULL,
                sender TEXT NOT NULL,
                event INTEGER NOT NULL,
                position INTEGER NOT NULL,
                forgotten INTEGER NOT NULL DEFAULT 0,
                stripped BLOB,
                PRIMARY KEY (user_id, room)
            )
            """,
            "CREATE INDEX memberships_room ON memberships (room, membership)",
            """
            CREATE TABLE room_servers (
                server TEXT NOT NULL,
                room INTEGER NOT NULL,
                members INTEGER NOT NULL,
                PRIMARY KEY (server, room)
            )
            """,
            "CREATE INDEX room_servers_room ON room_servers (room)",
            """
            CREATE TABLE outbox (
                position INTEGER PRIMARY KEY,
                event INTEGER NOT NULL,
                room INTEGER NOT NULL,
                further_servers TEXT
            )
            """,
        ])
}

import Database

extension Schema {
    /// How events refer to each other: edits, reactions, threads, references; and who follows which thread. Frozen once published.
    static let migration0005Relations = Migration(
        number: 5, name: "relations",
        statements: [
            // `ordering` is the child's place in the timeline, NULL while it is not shown: such a child does not count.
            """
            CREATE TABLE relations (
                child INTEGER PRIMARY KEY,
                room INTEGER NOT NULL,
                parent TEXT NOT NULL,
                rel_type TEXT NOT NULL,
                event_type TEXT NOT NULL,
                sender TEXT NOT NULL,
                key TEXT,
                timestamp INTEGER NOT NULL,
                ordering INTEGER
            )
            """,
            "CREATE INDEX relations_parent ON relations (room, parent, ordering) WHERE ordering IS NOT NULL",
            "CREATE INDEX relations_sender ON relations (room, parent, rel_type, sender, timestamp) WHERE ordering IS NOT NULL",
            // One row for each kind of children that is told with the parent; `latest` is the last child's place.
            """
            CREATE TABLE relation_counts (
                room INTEGER NOT NULL,
                parent TEXT NOT NULL,
                rel_type TEXT NOT NULL,
                children INTEGER NOT NULL,
                latest INTEGER NOT NULL,
                PRIMARY KEY (room, parent, rel_type)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX relation_counts_threads ON relation_counts (room, latest) WHERE rel_type = 'm.thread'",
            """
            CREATE TABLE thread_subscriptions (
                user_id TEXT NOT NULL,
                room INTEGER NOT NULL,
                root TEXT NOT NULL,
                subscribed INTEGER NOT NULL,
                automatic INTEGER NOT NULL,
                position INTEGER NOT NULL,
                PRIMARY KEY (user_id, room, root)
            )
            """,
            "CREATE INDEX thread_subscriptions_position ON thread_subscriptions (user_id, position)",
            "CREATE INDEX thread_subscriptions_thread ON thread_subscriptions (room, root)",
            // Events from before: what their bodies say. A body that this engine cannot read relates to nothing.
            """
            INSERT INTO relations (child, room, parent, rel_type, event_type, sender, key, timestamp, ordering)
            SELECT event, room, json_extract(body, '$.content."m.relates_to".event_id'),
                json_extract(body, '$.content."m.relates_to".rel_type'), json_extract(body, '$.type'), json_extract(body, '$.sender'),
                CASE json_type(body, '$.content."m.relates_to".key') WHEN 'text'
                    THEN json_extract(body, '$.content."m.relates_to".key') END,
                coalesce(CAST(json_extract(body, '$.origin_server_ts') AS INTEGER), 0), CASE WHEN (flags & 7) = 0 THEN ordering END
            FROM (
                SELECT event, room, event_id, slot, flags, ordering,
                    CASE WHEN json_valid(CAST(json AS TEXT)) THEN CAST(json AS TEXT) END AS body
                FROM events WHERE instr(json, CAST('"m.relates_to"' AS BLOB)) > 0)
            WHERE json_type(body, '$.content."m.relates_to".event_id') = 'text'
                AND json_type(body, '$.content."m.relates_to".rel_type') = 'text'
                AND json_type(body, '$.type') = 'text' AND json_type(body, '$.sender') = 'text'
                AND json_extract(body, '$.content."m.relates_to".rel_type') <> ''
                AND json_extract(body, '$.content."m.relates_to".event_id') <> event_id
                AND substr(json_extract(body, '$.content."m.relates_to".event_id'), 1, 1) = '$'
                AND length(CAST(json_extract(body, '$.content."m.relates_to".event_id') AS BLOB)) <= 255
                AND (json_extract(body, '$.content."m.relates_to".rel_type') <> 'm.replace'
                    OR slot IS NULL AND (json_extract(body, '$.type') = 'm.room.encrypted'
                        OR json_type(body, '$.content."m.new_content"') = 'object'))
            """,
            """
            INSERT INTO relation_counts (room, parent, rel_type, children, latest)
            SELECT room, parent, rel_type, count(*), max(ordering) FROM relations
            WHERE ordering IS NOT NULL AND rel_type IN ('m.replace', 'm.thread', 'm.reference') GROUP BY room, parent, rel_type
            """,
        ])
}

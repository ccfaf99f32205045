import Database

extension Schema {
    /// The index of messages for searching, events by time, and rooms that bridges list. Frozen once published.
    static let migration0006Search = Migration(
        number: 6, name: "search",
        statements: [
            // One row for each message, name or topic that can be found; `place` rises with the event's time, `text` is as it was indexed.
            """
            CREATE TABLE search_entries (
                place INTEGER PRIMARY KEY,
                event INTEGER NOT NULL UNIQUE,
                room INTEGER NOT NULL,
                sender TEXT NOT NULL,
                kind INTEGER NOT NULL,
                has_url INTEGER NOT NULL,
                text TEXT NOT NULL
            )
            """,
            // Letters, digits and marks make words; it keeps no text of its own, and its row numbers are places.
            """
            CREATE VIRTUAL TABLE search_text USING fts5 (
                room, body, name, topic, content = '', prefix = '3',
                tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
            )
            """,
            // Edits that were read, each with the event that it names.
            "CREATE TABLE search_edits (target TEXT NOT NULL, edit INTEGER NOT NULL, PRIMARY KEY (target, edit)) WITHOUT ROWID",
            "CREATE INDEX search_edits_edit ON search_edits (edit)",
            // Events of timelines by the time that they claim.
            """
            CREATE TABLE event_times (
                room INTEGER NOT NULL,
                timestamp INTEGER NOT NULL,
                event INTEGER NOT NULL,
                PRIMARY KEY (room, timestamp, event)
            ) WITHOUT ROWID
            """,
            // Events that entered a timeline without a position of the journal, until its reader has seen them.
            "CREATE TABLE history_queue (event INTEGER PRIMARY KEY)",
            "INSERT INTO history_queue (event) SELECT event FROM events WHERE position IS NULL AND ordering IS NOT NULL AND (flags & 7) = 0",
            """
            CREATE TABLE network_rooms (
                service TEXT NOT NULL,
                network TEXT NOT NULL,
                room_id TEXT NOT NULL,
                published INTEGER NOT NULL,
                PRIMARY KEY (service, network, room_id)
            )
            """,
        ])
}

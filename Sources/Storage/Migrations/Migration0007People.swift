import Database

extension Schema {
    /// Presence, reports, erasures, and what is still to be done in a person's rooms. Frozen once published.
    static let migration0007People = Migration(
        number: 7, name: "people",
        statements: [
            """
            CREATE TABLE presence (
                user_id TEXT NOT NULL PRIMARY KEY,
                state INTEGER NOT NULL,
                status TEXT,
                last_active INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
            "CREATE INDEX presence_state ON presence (state) WHERE state <> 0",
            """
            CREATE TABLE reports (
                report INTEGER PRIMARY KEY,
                kind TEXT NOT NULL,
                reporter TEXT NOT NULL,
                room_id TEXT,
                event_id TEXT,
                reported_user TEXT,
                reason TEXT,
                score INTEGER,
                event BLOB,
                received INTEGER NOT NULL
            )
            """,
            "CREATE INDEX reports_reporter ON reports (reporter)",
            """
            CREATE TABLE membership_errands (
                user_id TEXT NOT NULL PRIMARY KEY,
                kind TEXT NOT NULL,
                after_room INTEGER NOT NULL DEFAULT 0,
                version INTEGER NOT NULL DEFAULT 0
            ) WITHOUT ROWID
            """,
            "CREATE TABLE erasures (user_id TEXT NOT NULL PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID",
        ])
}

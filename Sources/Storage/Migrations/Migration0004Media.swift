import Database

extension Schema {
    /// Media of this server and copies of other servers' media. Frozen once published.
    ///
    /// Content lies in files named by its SHA-256; several pieces of media with the same content share one.
    static let migration0004Media = Migration(
        number: 4, name: "media",
        statements: [
            """
            CREATE TABLE media (
                server TEXT NOT NULL,
                media_id TEXT NOT NULL,
                state INTEGER NOT NULL,
                uploader TEXT,
                is_local INTEGER NOT NULL,
                is_open INTEGER NOT NULL DEFAULT 0,
                created INTEGER NOT NULL,
                expires INTEGER,
                accessed INTEGER NOT NULL,
                hash BLOB,
                bytes INTEGER NOT NULL DEFAULT 0,
                content_type TEXT,
                file_name TEXT,
                PRIMARY KEY (server, media_id)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX media_hash ON media (hash) WHERE hash IS NOT NULL",
            "CREATE INDEX media_uploader ON media (uploader, state) WHERE uploader IS NOT NULL",
            "CREATE INDEX media_copies ON media (accessed, bytes) WHERE is_local = 0",
            "CREATE INDEX media_expires ON media (expires) WHERE expires IS NOT NULL",
            """
            CREATE TABLE quarantined_content (
                hash BLOB NOT NULL PRIMARY KEY,
                quarantined INTEGER NOT NULL,
                reason TEXT NOT NULL
            ) WITHOUT ROWID
            """,
        ])
}

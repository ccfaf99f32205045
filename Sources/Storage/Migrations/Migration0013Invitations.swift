import Database

extension Schema {
    /// Links that let people into rooms, and who is just coming in by one. Frozen once published.
    ///
    /// Times are milliseconds since 1970. A claim is a use that was counted and has not led into the room yet: whoever tries again after a
    /// failure does not count twice.
    static let migration0013Invitations = Migration(
        number: 13, name: "invitations",
        statements: [
            """
            CREATE TABLE invite_links (
                code TEXT NOT NULL PRIMARY KEY,
                room INTEGER NOT NULL REFERENCES rooms (room) ON DELETE CASCADE,
                creator TEXT NOT NULL,
                created INTEGER NOT NULL,
                expires INTEGER,
                max_uses INTEGER,
                uses INTEGER NOT NULL DEFAULT 0,
                label TEXT
            ) WITHOUT ROWID
            """,
            "CREATE INDEX invite_links_room ON invite_links (room, created)",
            "CREATE INDEX invite_links_creator ON invite_links (creator)",
            "CREATE INDEX invite_links_expires ON invite_links (expires) WHERE expires IS NOT NULL",
            """
            CREATE TABLE invite_link_claims (
                code TEXT NOT NULL REFERENCES invite_links (code) ON DELETE CASCADE,
                user_id TEXT NOT NULL,
                PRIMARY KEY (code, user_id)
            ) WITHOUT ROWID
            """,
        ])
}

import Database

extension Schema {
    /// E-mail addresses of people, and how they prove that one is theirs. Frozen once published.
    ///
    /// Addresses are kept in lower case; times are milliseconds since 1970.
    static let migration0012Contacts = Migration(
        number: 12, name: "contacts",
        statements: [
            """
            CREATE TABLE contacts (
                medium TEXT NOT NULL,
                address TEXT NOT NULL,
                user_id TEXT NOT NULL REFERENCES accounts (user_id) ON DELETE CASCADE,
                validated INTEGER NOT NULL,
                added INTEGER NOT NULL,
                PRIMARY KEY (medium, address)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX contacts_user ON contacts (user_id)",
            """
            CREATE TABLE contact_validations (
                session TEXT NOT NULL PRIMARY KEY,
                purpose TEXT NOT NULL,
                medium TEXT NOT NULL,
                address TEXT NOT NULL,
                client_secret TEXT NOT NULL,
                token BLOB NOT NULL,
                attempt INTEGER NOT NULL,
                next_link TEXT,
                expires INTEGER NOT NULL,
                validated INTEGER,
                UNIQUE (purpose, medium, address, client_secret)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX contact_validations_expires ON contact_validations (expires)",
        ])
}

import Database

extension Schema {
    /// What people have not read yet. Frozen once published.
    static let migration0011Notifications = Migration(
        number: 11, name: "notifications",
        statements: [
            """
            CREATE TABLE unread_checkpoints (
                user_id TEXT NOT NULL,
                room INTEGER NOT NULL,
                through INTEGER NOT NULL,
                rules INTEGER NOT NULL,
                content BLOB NOT NULL,
                PRIMARY KEY (user_id, room)
            ) WITHOUT ROWID
            """
        ])
}

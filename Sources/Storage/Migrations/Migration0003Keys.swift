import Database

extension Schema {
    /// Keys of devices and people, messages for devices, device lists between servers, and backups of room keys. Frozen once published.
    static let migration0003Keys = Migration(
        number: 3, name: "keys", statements: keyTables + messageTables + deviceListTables + backupTables)

    private static let keyTables = [
        """
        CREATE TABLE device_keys (
            user_id TEXT NOT NULL,
            device_id TEXT NOT NULL,
            keys BLOB NOT NULL,
            PRIMARY KEY (user_id, device_id),
            FOREIGN KEY (user_id, device_id) REFERENCES devices (user_id, device_id) ON DELETE CASCADE
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE one_time_keys (
            entry INTEGER PRIMARY KEY,
            user_id TEXT NOT NULL,
            device_id TEXT NOT NULL,
            algorithm TEXT NOT NULL,
            key_id TEXT NOT NULL,
            key BLOB NOT NULL,
            is_claimed INTEGER NOT NULL DEFAULT 0,
            UNIQUE (user_id, device_id, algorithm, key_id),
            FOREIGN KEY (user_id, device_id) REFERENCES devices (user_id, device_id) ON DELETE CASCADE
        )
        """,
        "CREATE INDEX one_time_keys_unclaimed ON one_time_keys (user_id, device_id, algorithm, entry) WHERE is_claimed = 0",
        """
        CREATE TABLE fallback_keys (
            user_id TEXT NOT NULL,
            device_id TEXT NOT NULL,
            algorithm TEXT NOT NULL,
            key_id TEXT NOT NULL,
            key BLOB NOT NULL,
            is_used INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (user_id, device_id, algorithm),
            FOREIGN KEY (user_id, device_id) REFERENCES devices (user_id, device_id) ON DELETE CASCADE
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE signing_keys (
            user_id TEXT NOT NULL,
            usage TEXT NOT NULL,
            public_key TEXT NOT NULL,
            key BLOB NOT NULL,
            PRIMARY KEY (user_id, usage)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE user_signatures (
            signer TEXT NOT NULL,
            user_id TEXT NOT NULL,
            public_key TEXT NOT NULL,
            signing_key_id TEXT NOT NULL,
            signature TEXT NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (signer, user_id, public_key, signing_key_id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX user_signatures_position ON user_signatures (signer, position)",
        """
        CREATE TABLE dehydrated_devices (
            user_id TEXT NOT NULL PRIMARY KEY,
            device_id TEXT NOT NULL,
            data BLOB NOT NULL,
            FOREIGN KEY (user_id, device_id) REFERENCES devices (user_id, device_id) ON DELETE CASCADE
        ) WITHOUT ROWID
        """,
    ]

    private static let messageTables = [
        """
        CREATE TABLE device_messages (
            user_id TEXT NOT NULL,
            device_id TEXT NOT NULL,
            position INTEGER NOT NULL,
            message BLOB NOT NULL,
            PRIMARY KEY (user_id, device_id, position),
            FOREIGN KEY (user_id, device_id) REFERENCES devices (user_id, device_id) ON DELETE CASCADE
        )
        """,
        """
        CREATE TABLE outbound_device_messages (
            entry INTEGER PRIMARY KEY,
            server TEXT NOT NULL,
            content BLOB NOT NULL
        )
        """,
        "CREATE INDEX outbound_device_messages_server ON outbound_device_messages (server, entry)",
        """
        CREATE TABLE received_device_messages (
            server TEXT NOT NULL,
            message_id TEXT NOT NULL,
            received INTEGER NOT NULL,
            PRIMARY KEY (server, message_id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX received_device_messages_received ON received_device_messages (received)",
    ]

    private static let deviceListTables = [
        "CREATE TABLE device_list_changes (user_id TEXT NOT NULL PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE INDEX device_list_changes_position ON device_list_changes (position)",
        """
        CREATE TABLE device_list_outbox (
            server TEXT NOT NULL,
            user_id TEXT NOT NULL,
            device_id TEXT NOT NULL,
            stream INTEGER NOT NULL,
            PRIMARY KEY (server, user_id, device_id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX device_list_outbox_stream ON device_list_outbox (server, stream)",
        """
        CREATE TABLE device_list_sent (
            user_id TEXT NOT NULL,
            server TEXT NOT NULL,
            stream INTEGER NOT NULL,
            device_stream INTEGER,
            PRIMARY KEY (user_id, server)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE remote_device_lists (
            user_id TEXT NOT NULL PRIMARY KEY,
            stream INTEGER,
            fetched INTEGER NOT NULL,
            is_stale INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE remote_device_keys (
            user_id TEXT NOT NULL REFERENCES remote_device_lists (user_id) ON DELETE CASCADE,
            device_id TEXT NOT NULL,
            keys BLOB NOT NULL,
            PRIMARY KEY (user_id, device_id)
        ) WITHOUT ROWID
        """,
        "CREATE TABLE cursors (name TEXT NOT NULL PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID",
    ]

    private static let backupTables = [
        """
        CREATE TABLE key_backups (
            user_id TEXT NOT NULL REFERENCES accounts (user_id) ON DELETE CASCADE,
            version INTEGER NOT NULL,
            algorithm TEXT NOT NULL,
            auth_data BLOB NOT NULL,
            keys INTEGER NOT NULL DEFAULT 0,
            etag INTEGER NOT NULL DEFAULT 0,
            is_deleted INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (user_id, version)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE backup_keys (
            user_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            room_id TEXT NOT NULL,
            session_id TEXT NOT NULL,
            first_message_index INTEGER NOT NULL,
            forwarded_count INTEGER NOT NULL,
            is_verified INTEGER NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (user_id, version, room_id, session_id),
            FOREIGN KEY (user_id, version) REFERENCES key_backups (user_id, version) ON DELETE CASCADE
        )
        """,
    ]
}

import Database

extension Schema {
    /// Accounts, what belongs to people, and what is remembered of other servers. Frozen once published.
    ///
    /// Times are milliseconds since 1970; a user is named by the whole user ID, since profiles and receipts are of remote users too.
    static let migration0002Accounts = Migration(
        number: 2, name: "accounts", statements: accountTables + sessionTables + peopleTables + directoryTables + federationTables)

    private static let accountTables = [
        """
        CREATE TABLE accounts (
            user_id TEXT NOT NULL PRIMARY KEY,
            password_hash TEXT,
            created INTEGER NOT NULL,
            appservice TEXT,
            is_guest INTEGER NOT NULL,
            is_admin INTEGER NOT NULL,
            is_locked INTEGER NOT NULL DEFAULT 0,
            is_suspended INTEGER NOT NULL DEFAULT 0,
            is_shadow_banned INTEGER NOT NULL DEFAULT 0,
            is_erased INTEGER NOT NULL DEFAULT 0,
            deactivated INTEGER
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE registration_tokens (
            token TEXT NOT NULL PRIMARY KEY,
            uses_allowed INTEGER,
            pending INTEGER NOT NULL DEFAULT 0,
            completed INTEGER NOT NULL DEFAULT 0,
            expires INTEGER,
            created INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
    ]

    private static let sessionTables = [
        """
        CREATE TABLE devices (
            user_id TEXT NOT NULL REFERENCES accounts (user_id) ON DELETE CASCADE,
            device_id TEXT NOT NULL,
            display_name TEXT,
            created INTEGER NOT NULL,
            last_seen INTEGER,
            last_seen_address TEXT,
            last_seen_agent TEXT,
            PRIMARY KEY (user_id, device_id)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE refresh_tokens (
            hash BLOB NOT NULL PRIMARY KEY,
            user_id TEXT NOT NULL,
            device_id TEXT NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER,
            predecessor BLOB,
            FOREIGN KEY (user_id, device_id) REFERENCES devices (user_id, device_id) ON DELETE CASCADE
        ) WITHOUT ROWID
        """,
        "CREATE INDEX refresh_tokens_device ON refresh_tokens (user_id, device_id)",
        "CREATE INDEX refresh_tokens_predecessor ON refresh_tokens (predecessor) WHERE predecessor IS NOT NULL",
        """
        CREATE TABLE access_tokens (
            hash BLOB NOT NULL PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES accounts (user_id) ON DELETE CASCADE,
            device_id TEXT,
            created INTEGER NOT NULL,
            expires INTEGER,
            predecessor BLOB,
            FOREIGN KEY (user_id, device_id) REFERENCES devices (user_id, device_id) ON DELETE CASCADE
        ) WITHOUT ROWID
        """,
        "CREATE INDEX access_tokens_device ON access_tokens (user_id, device_id)",
        "CREATE INDEX access_tokens_predecessor ON access_tokens (predecessor) WHERE predecessor IS NOT NULL",
        """
        CREATE TABLE login_tokens (
            hash BLOB NOT NULL PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES accounts (user_id) ON DELETE CASCADE,
            expires INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE INDEX login_tokens_user ON login_tokens (user_id)",
        """
        CREATE TABLE openid_tokens (
            hash BLOB NOT NULL PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES accounts (user_id) ON DELETE CASCADE,
            expires INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE INDEX openid_tokens_user ON openid_tokens (user_id)",
        """
        CREATE TABLE client_transaction_scopes (
            scope INTEGER PRIMARY KEY,
            user_id TEXT NOT NULL,
            device_id TEXT NOT NULL,
            name TEXT NOT NULL,
            UNIQUE (user_id, device_id, name)
        )
        """,
        """
        CREATE TABLE client_transactions (
            entry INTEGER PRIMARY KEY,
            scope INTEGER NOT NULL,
            transaction_id TEXT NOT NULL,
            event_id TEXT,
            response BLOB,
            UNIQUE (scope, transaction_id)
        )
        """,
        "CREATE INDEX client_transactions_event ON client_transactions (event_id) WHERE event_id IS NOT NULL",
    ]

    private static let peopleTables = [
        """
        CREATE TABLE profiles (
            user_id TEXT NOT NULL,
            field TEXT NOT NULL,
            value BLOB NOT NULL,
            PRIMARY KEY (user_id, field)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE account_data (
            user_id TEXT NOT NULL REFERENCES accounts (user_id) ON DELETE CASCADE,
            room_id TEXT NOT NULL,
            type TEXT NOT NULL,
            content BLOB NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (user_id, room_id, type)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX account_data_position ON account_data (user_id, position)",
        """
        CREATE TABLE filters (
            user_id TEXT NOT NULL REFERENCES accounts (user_id) ON DELETE CASCADE,
            filter INTEGER NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (user_id, filter)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE receipts (
            room_id TEXT NOT NULL,
            type TEXT NOT NULL,
            user_id TEXT NOT NULL,
            thread TEXT NOT NULL,
            event_id TEXT NOT NULL,
            timestamp INTEGER NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (room_id, type, user_id, thread)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX receipts_room_position ON receipts (room_id, position)",
        "CREATE INDEX receipts_position ON receipts (position)",
    ]

    private static let directoryTables = [
        """
        CREATE TABLE aliases (
            alias TEXT NOT NULL PRIMARY KEY,
            room_id TEXT NOT NULL,
            creator TEXT NOT NULL,
            created INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE INDEX aliases_room ON aliases (room_id)",
        "CREATE TABLE public_rooms (room_id TEXT NOT NULL PRIMARY KEY, published INTEGER NOT NULL) WITHOUT ROWID",
    ]

    private static let federationTables = [
        """
        CREATE TABLE server_keys (
            server TEXT NOT NULL,
            key_id TEXT NOT NULL,
            key BLOB NOT NULL,
            valid_until INTEGER NOT NULL,
            expired INTEGER,
            fetched INTEGER NOT NULL,
            PRIMARY KEY (server, key_id)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE server_key_documents (
            server TEXT NOT NULL PRIMARY KEY,
            document BLOB NOT NULL,
            valid_until INTEGER NOT NULL,
            fetched INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE destinations (
            server TEXT NOT NULL PRIMARY KEY,
            acknowledged INTEGER NOT NULL,
            failing_since INTEGER,
            retry_at INTEGER,
            retry_interval INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE received_transactions (
            server TEXT NOT NULL,
            transaction_id TEXT NOT NULL,
            response BLOB NOT NULL,
            received INTEGER NOT NULL,
            PRIMARY KEY (server, transaction_id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX received_transactions_received ON received_transactions (received)",
    ]
}

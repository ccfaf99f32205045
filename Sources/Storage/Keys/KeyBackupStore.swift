public import Database
public import MatrixModel

/// A backup of room keys (client-server API, "Server-side key backups").
public struct KeyBackup: Sendable {
    public let version: Int
    public let algorithm: String
    public let authData: JSON
    /// How many keys are in it.
    public let count: Int
    /// Changes with each change of the keys.
    public let etag: Int
    public let isDeleted: Bool
}

/// A room key in a backup.
public struct BackupKey: Sendable {
    public let room: String
    public let session: String
    public let firstMessageIndex: Int
    public let forwardedCount: Int
    public let isVerified: Bool
    /// The JSON text of `session_data`.
    public let data: [UInt8]

    public init(room: String, session: String, firstMessageIndex: Int, forwardedCount: Int, isVerified: Bool, data: [UInt8]) {
        self.room = room
        self.session = session
        self.firstMessageIndex = firstMessageIndex
        self.forwardedCount = forwardedCount
        self.isVerified = isVerified
        self.data = data
    }
}

/// Which keys of a backup are meant.
public enum BackupScope: Sendable {
    case all
    case room(String)
    case session(room: String, session: String)
}

/// The backups of room keys of local users.
public struct KeyBackupStore {
    private let transaction: Transaction
    private let user: UserID

    public init(_ transaction: Transaction, user: UserID) {
        self.transaction = transaction
        self.user = user
    }

    /// Makes a backup and gives its version, which no earlier one had.
    public func create(algorithm: String, authData: JSON) throws -> Int {
        let row = try transaction.first(
            """
            INSERT INTO key_backups (user_id, version, algorithm, auth_data)
            SELECT \(user), coalesce(max(version), 0) + 1, \(algorithm), \(authData.lenientBytes()) FROM key_backups WHERE user_id = \(user)
            RETURNING version
            """)
        guard let row else { throw StorageError.missingRow("key_backups") }
        return row.integer(0)
    }

    /// The backup of that version, deleted or not.
    public func backup(_ version: Int) throws -> KeyBackup? {
        try transaction.first(
            "SELECT version, algorithm, auth_data, keys, etag, is_deleted FROM key_backups WHERE user_id = \(user) AND version = \(version)", decode)
    }

    /// The newest backup that was not deleted.
    public func newest() throws -> KeyBackup? {
        try transaction.first(
            """
            SELECT version, algorithm, auth_data, keys, etag, is_deleted FROM key_backups
            WHERE user_id = \(user) AND is_deleted = 0 ORDER BY version DESC LIMIT 1
            """, decode)
    }

    public func setAuthData(_ authData: JSON, version: Int) throws {
        try transaction.execute(
            "UPDATE key_backups SET auth_data = \(authData.lenientBytes()) WHERE user_id = \(user) AND version = \(version)")
    }

    /// Deletes a backup's keys and marks it; its version stays taken.
    public func delete(_ version: Int) throws {
        try transaction.execute("DELETE FROM backup_keys WHERE user_id = \(user) AND version = \(version)")
        try transaction.execute("UPDATE key_backups SET is_deleted = 1, keys = 0 WHERE user_id = \(user) AND version = \(version)")
    }

    /// Removes all backups with their keys.
    public func removeAll() throws {
        try transaction.execute("DELETE FROM backup_keys WHERE user_id = \(user)")
        try transaction.execute("DELETE FROM key_backups WHERE user_id = \(user)")
    }

    /// Stores keys, each unless the one that is there is better.
    public func put(_ keys: [BackupKey], version: Int) throws {
        var added = 0
        var replaced = 0
        for key in keys {
            let known = try transaction.first(
                """
                SELECT is_verified, first_message_index, forwarded_count FROM backup_keys
                WHERE user_id = \(user) AND version = \(version) AND room_id = \(key.room) AND session_id = \(key.session)
                """
            ) { (isVerified: $0.bool(0), index: $0.integer(1), count: $0.integer(2)) }
            if let known {
                guard KeyBackupStore.isBetter(key, than: known) else { continue }
                replaced += 1
            } else {
                added += 1
            }
            try transaction.execute(
                """
                INSERT INTO backup_keys (user_id, version, room_id, session_id, first_message_index, forwarded_count, is_verified, data)
                VALUES (\(user), \(version), \(key.room), \(key.session), \(key.firstMessageIndex), \(key.forwardedCount), \(key.isVerified),
                    \(key.data))
                ON CONFLICT (user_id, version, room_id, session_id) DO UPDATE SET first_message_index = excluded.first_message_index,
                    forwarded_count = excluded.forwarded_count, is_verified = excluded.is_verified, data = excluded.data
                """)
        }
        if added + replaced > 0 { try noteChange(of: version, by: added) }
    }

    /// "keep the key that has is_verified set to true"; then "the key with a lower first_message_index"; then "a lower forwarded_count".
    private static func isBetter(_ key: BackupKey, than known: (isVerified: Bool, index: Int, count: Int)) -> Bool {
        if key.isVerified != known.isVerified { return key.isVerified }
        if key.firstMessageIndex != known.index { return key.firstMessageIndex < known.index }
        return key.forwardedCount < known.count
    }

    /// Keys by room and session, in order.
    public func keys(_ scope: BackupScope, version: Int) throws -> [BackupKey] {
        try transaction.map(
            """
            SELECT room_id, session_id, first_message_index, forwarded_count, is_verified, data FROM backup_keys
            WHERE user_id = \(user) AND version = \(version) \(condition(scope)) ORDER BY room_id, session_id
            """
        ) { row in
            BackupKey(
                room: row.text(0), session: row.text(1), firstMessageIndex: row.integer(2), forwardedCount: row.integer(3),
                isVerified: row.bool(4), data: row.blob(5))
        }
    }

    public func deleteKeys(_ scope: BackupScope, version: Int) throws {
        let removed = try transaction.execute(
            "DELETE FROM backup_keys WHERE user_id = \(user) AND version = \(version) \(condition(scope))")
        if removed > 0 { try noteChange(of: version, by: -removed) }
    }

    private func condition(_ scope: BackupScope) -> SQL {
        switch scope {
        case .all: ""
        case .room(let room): "AND room_id = \(room)"
        case .session(let room, let session): "AND room_id = \(room) AND session_id = \(session)"
        }
    }

    private func noteChange(of version: Int, by count: Int) throws {
        try transaction.execute(
            "UPDATE key_backups SET keys = keys + \(count), etag = etag + 1 WHERE user_id = \(user) AND version = \(version)")
    }

    private func decode(_ row: Row) throws -> KeyBackup {
        KeyBackup(
            version: row.integer(0), algorithm: row.text(1), authData: try row.json(2), count: row.integer(3), etag: row.integer(4),
            isDeleted: row.bool(5))
    }
}

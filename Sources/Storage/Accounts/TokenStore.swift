public import Database
public import MatrixModel

/// Whom an access token stands for.
public struct TokenSession: Sendable, Hashable {
    public let user: UserID
    /// Nil for a token without a device.
    public let device: String?
    /// When the token ends, in milliseconds since 1970; nil for never.
    public let expires: Int?
    /// Whether the token came by a refresh and was not used before: call `TokenStore.confirm` once.
    public let isUnconfirmed: Bool
    public let standing: AccountStanding
}

/// Access and refresh tokens, known by their SHA-256 hashes alone.
///
/// A refresh token stays valid until a token that it was exchanged for is used (client-server API, "Refreshing access tokens").
public struct TokenStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Adds an access token, and with `refresh` the token that renews it. The device must be there.
    public func issue(
        access: [UInt8], expires: Int? = nil, refresh: [UInt8]? = nil, refreshExpires: Int? = nil, to user: UserID, device: String?, at now: Int
    ) throws {
        try transaction.execute(
            """
            INSERT INTO access_tokens (hash, user_id, device_id, created, expires)
            VALUES (\(access), \(user), \(device), \(now), \(expires))
            """)
        guard let refresh, let device else { return }
        try transaction.execute(
            """
            INSERT INTO refresh_tokens (hash, user_id, device_id, created, expires)
            VALUES (\(refresh), \(user), \(device), \(now), \(refreshExpires))
            """)
    }

    /// Whom an access token stands for, expired or not; nil where it is unknown.
    public func session(access: [UInt8]) throws -> TokenSession? {
        try transaction.first(
            """
            SELECT t.user_id, t.device_id, t.expires, t.predecessor IS NOT NULL, a.is_guest, a.is_admin, a.is_locked, a.is_suspended,
                a.is_shadow_banned, a.is_erased, a.deactivated
            FROM access_tokens t JOIN accounts a ON a.user_id = t.user_id WHERE t.hash = \(access)
            """
        ) { row in
            TokenSession(
                user: try row.user(0), device: row.optionalText(1), expires: row.optionalInteger(2), isUnconfirmed: row.bool(3),
                standing: AccountStanding(row, from: 4))
        }
    }

    /// Notes the first use of a refreshed access token: the refresh token that it came from and the device's older access tokens end.
    public func confirm(access: [UInt8]) throws {
        guard let row = try transaction.first("SELECT user_id, device_id, predecessor FROM access_tokens WHERE hash = \(access)") else { return }
        guard let predecessor = row.optionalBlob(2) else { return }
        try transaction.execute("DELETE FROM refresh_tokens WHERE hash = \(predecessor)")
        try transaction.execute(
            "DELETE FROM access_tokens WHERE user_id = \(row.text(0)) AND device_id = \(row.optionalText(1)) AND hash <> \(access)")
        try transaction.execute("UPDATE access_tokens SET predecessor = NULL WHERE hash = \(access)")
        try transaction.execute("UPDATE refresh_tokens SET predecessor = NULL WHERE predecessor = \(predecessor)")
    }

    /// Exchanges a refresh token for a new pair; gives the user and device, nil where the token is unknown or expired.
    ///
    /// Pairs that the same token gave before and that nobody used end; so does the token's own predecessor, since this use confirms it.
    public func exchange(
        refresh: [UInt8], forAccess access: [UInt8], expires: Int?, newRefresh: [UInt8], refreshExpires: Int? = nil, at now: Int
    ) throws -> (user: UserID, device: String)? {
        let found = try transaction.first(
            """
            SELECT user_id, device_id, predecessor FROM refresh_tokens
            WHERE hash = \(refresh) AND (expires IS NULL OR expires > \(now))
            """)
        guard let found else { return nil }
        if let predecessor = found.optionalBlob(2) {
            try transaction.execute("DELETE FROM refresh_tokens WHERE hash = \(predecessor)")
            try transaction.execute("UPDATE refresh_tokens SET predecessor = NULL WHERE hash = \(refresh)")
            try transaction.execute("UPDATE access_tokens SET predecessor = NULL WHERE predecessor = \(predecessor)")
        }
        try transaction.execute("DELETE FROM access_tokens WHERE predecessor = \(refresh)")
        try transaction.execute("DELETE FROM refresh_tokens WHERE predecessor = \(refresh)")
        try transaction.execute(
            """
            INSERT INTO access_tokens (hash, user_id, device_id, created, expires, predecessor)
            VALUES (\(access), \(found.text(0)), \(found.text(1)), \(now), \(expires), \(refresh))
            """)
        try transaction.execute(
            """
            INSERT INTO refresh_tokens (hash, user_id, device_id, created, expires, predecessor)
            VALUES (\(newRefresh), \(found.text(0)), \(found.text(1)), \(now), \(refreshExpires), \(refresh))
            """)
        return (try found.user(0), found.text(1))
    }

    /// Ends one access token, and the device's refresh tokens; false where it is unknown. The device stays.
    public func revoke(access: [UInt8]) throws -> Bool {
        guard let row = try transaction.first("SELECT user_id, device_id FROM access_tokens WHERE hash = \(access)") else { return false }
        if let device = row.optionalText(1) {
            try transaction.execute("DELETE FROM refresh_tokens WHERE user_id = \(row.text(0)) AND device_id = \(device)")
        }
        return try transaction.execute("DELETE FROM access_tokens WHERE hash = \(access)") == 1
    }

    /// Ends all tokens of a device, as a new login on it does.
    public func revokeAll(of user: UserID, device: String) throws {
        try transaction.execute("DELETE FROM access_tokens WHERE user_id = \(user) AND device_id = \(device)")
        try transaction.execute("DELETE FROM refresh_tokens WHERE user_id = \(user) AND device_id = \(device)")
    }

    /// Removes refresh tokens that have expired, and access tokens that expired before `now` and cannot be told from unknown ones any more.
    public func deleteExpired(before now: Int) throws {
        try transaction.execute("DELETE FROM refresh_tokens WHERE expires <= \(now)")
        try transaction.execute("DELETE FROM access_tokens WHERE expires <= \(now)")
    }
}

public import Database
public import MatrixModel

/// The local accounts.
public struct AccountStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Makes an account; false where the user ID is taken, by a deactivated account too.
    public func create(
        _ user: UserID, passwordHash: String?, isGuest: Bool = false, isAdmin: Bool = false, appservice: String? = nil, at now: Int
    ) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO accounts (user_id, password_hash, created, appservice, is_guest, is_admin)
            VALUES (\(user), \(passwordHash), \(now), \(appservice), \(isGuest), \(isAdmin)) ON CONFLICT (user_id) DO NOTHING
            """) == 1
    }

    /// The account of that user.
    public func account(_ user: UserID) throws -> Account? {
        try transaction.first(
            """
            SELECT user_id, is_guest, is_admin, is_locked, is_suspended, is_shadow_banned, is_erased, deactivated, password_hash, created, appservice
            FROM accounts WHERE user_id = \(user)
            """, account)
    }

    /// Whether there is, or was, an account of that user.
    public func exists(_ user: UserID) throws -> Bool {
        try transaction.first("SELECT 1 FROM accounts WHERE user_id = \(user)") != nil
    }

    /// Accounts in order of their user IDs, after `after`, at most `limit`.
    public func accounts(after: UserID? = nil, limit: Int) throws -> [Account] {
        try transaction.map(
            """
            SELECT user_id, is_guest, is_admin, is_locked, is_suspended, is_shadow_banned, is_erased, deactivated, password_hash, created, appservice
            FROM accounts WHERE user_id > \(after?.description ?? "") ORDER BY user_id LIMIT \(limit)
            """, account)
    }

    /// The number of accounts that are not deactivated.
    public func count() throws -> Int {
        try transaction.first("SELECT count(*) FROM accounts WHERE deactivated IS NULL")?.integer(0) ?? 0
    }

    /// Sets or, with nil, removes the password.
    public func setPasswordHash(_ hash: String?, of user: UserID) throws {
        try transaction.execute("UPDATE accounts SET password_hash = \(hash) WHERE user_id = \(user)")
    }

    /// Makes a guest an ordinary account.
    public func upgradeGuest(_ user: UserID, passwordHash: String?) throws {
        try transaction.execute("UPDATE accounts SET is_guest = 0, password_hash = \(passwordHash) WHERE user_id = \(user)")
    }

    public func setAdmin(_ isAdmin: Bool, of user: UserID) throws {
        try transaction.execute("UPDATE accounts SET is_admin = \(isAdmin) WHERE user_id = \(user)")
    }

    public func setLocked(_ isLocked: Bool, of user: UserID) throws {
        try transaction.execute("UPDATE accounts SET is_locked = \(isLocked) WHERE user_id = \(user)")
    }

    public func setSuspended(_ isSuspended: Bool, of user: UserID) throws {
        try transaction.execute("UPDATE accounts SET is_suspended = \(isSuspended) WHERE user_id = \(user)")
    }

    public func setShadowBanned(_ isShadowBanned: Bool, of user: UserID) throws {
        try transaction.execute("UPDATE accounts SET is_shadow_banned = \(isShadowBanned) WHERE user_id = \(user)")
    }

    /// Ends an account: no password, no devices, no tokens; its user ID stays taken. With `erase` it is marked as to be forgotten, and its
    /// account data, profile and filters go too.
    public func deactivate(_ user: UserID, erase: Bool, at now: Int) throws {
        try transaction.execute(
            """
            UPDATE accounts SET password_hash = NULL, is_admin = 0, deactivated = coalesce(deactivated, \(now)),
                is_erased = max(is_erased, \(erase)) WHERE user_id = \(user)
            """)
        try transaction.execute("DELETE FROM access_tokens WHERE user_id = \(user)")
        try transaction.execute("DELETE FROM devices WHERE user_id = \(user)")
        try transaction.execute("DELETE FROM login_tokens WHERE user_id = \(user)")
        try transaction.execute("DELETE FROM openid_tokens WHERE user_id = \(user)")
        guard erase else { return }
        try transaction.execute("DELETE FROM profiles WHERE user_id = \(user)")
        try transaction.execute("DELETE FROM account_data WHERE user_id = \(user)")
        try transaction.execute("DELETE FROM filters WHERE user_id = \(user)")
    }

    private func account(_ row: Row) throws -> Account {
        Account(
            user: try row.user(0), passwordHash: row.optionalText(8), created: row.integer(9), appservice: row.optionalText(10),
            standing: AccountStanding(row, from: 1))
    }
}

extension AccountStanding {
    /// From seven columns, in the order of the properties.
    init(_ row: Row, from column: Int) {
        self.init(
            isGuest: row.bool(column), isAdmin: row.bool(column + 1), isLocked: row.bool(column + 2), isSuspended: row.bool(column + 3),
            isShadowBanned: row.bool(column + 4), isErased: row.bool(column + 5), deactivated: row.optionalInteger(column + 6))
    }
}

public import Database
public import MatrixModel

/// Tokens that log in once (`m.login.token`), known by their SHA-256 hashes.
public struct LoginTokenStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    public func issue(_ hash: [UInt8], to user: UserID, expires: Int) throws {
        try transaction.execute("INSERT INTO login_tokens (hash, user_id, expires) VALUES (\(hash), \(user), \(expires))")
    }

    /// Uses a token up; gives its user, nil where it is unknown, used or expired.
    public func redeem(_ hash: [UInt8], at now: Int) throws -> UserID? {
        let user = try transaction.first("SELECT user_id FROM login_tokens WHERE hash = \(hash) AND expires > \(now)") { try $0.user(0) }
        try transaction.execute("DELETE FROM login_tokens WHERE hash = \(hash) OR expires <= \(now)")
        return user
    }
}

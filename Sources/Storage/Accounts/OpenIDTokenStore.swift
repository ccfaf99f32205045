public import Database
public import MatrixModel

/// Tokens by which other services learn who a user is (client-server API, "OpenID"), known by their SHA-256 hashes.
public struct OpenIDTokenStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    public func issue(_ hash: [UInt8], to user: UserID, expires: Int) throws {
        try transaction.execute("INSERT INTO openid_tokens (hash, user_id, expires) VALUES (\(hash), \(user), \(expires))")
    }

    /// The user of a token, nil where it is unknown or expired.
    public func user(_ hash: [UInt8], at now: Int) throws -> UserID? {
        try transaction.first("SELECT user_id FROM openid_tokens WHERE hash = \(hash) AND expires > \(now)") { try $0.user(0) }
    }

    /// Removes the tokens that have expired.
    public func deleteExpired(at now: Int) throws {
        try transaction.execute("DELETE FROM openid_tokens WHERE expires <= \(now)")
    }
}

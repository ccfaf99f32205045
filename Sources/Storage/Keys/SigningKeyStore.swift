public import Database
public import MatrixModel

/// What a cross-signing key is for (client-server API, "Cross-signing").
public enum SigningKeyUsage: String, Sendable, CaseIterable {
    case master
    case selfSigning = "self_signing"
    case userSigning = "user_signing"
}

/// A user's cross-signing key.
public struct PublishedSigningKey: Sendable {
    public let usage: SigningKeyUsage
    /// The public part, in unpadded Base64.
    public let publicKey: String
    /// The key's object, with the signatures of its owner.
    public let key: JSON

    public init(usage: SigningKeyUsage, publicKey: String, key: JSON) {
        self.usage = usage
        self.publicKey = publicKey
        self.key = key
    }
}

/// The cross-signing keys of users, remote ones included, and the signatures that local users made of others' keys.
public struct SigningKeyStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    public func key(_ usage: SigningKeyUsage, of user: UserID) throws -> PublishedSigningKey? {
        try transaction.first("SELECT usage, public_key, key FROM signing_keys WHERE user_id = \(user) AND usage = \(usage.rawValue)", decode)
    }

    /// A user's keys, at most one for each usage.
    public func keys(of user: UserID) throws -> [PublishedSigningKey] {
        try transaction.map("SELECT usage, public_key, key FROM signing_keys WHERE user_id = \(user) ORDER BY usage", decode)
    }

    public func set(_ key: PublishedSigningKey, of user: UserID) throws {
        try transaction.execute(
            """
            INSERT INTO signing_keys (user_id, usage, public_key, key)
            VALUES (\(user), \(key.usage.rawValue), \(key.publicKey), \(key.key.lenientBytes()))
            ON CONFLICT (user_id, usage) DO UPDATE SET public_key = excluded.public_key, key = excluded.key
            """)
    }

    public func remove(_ usage: SigningKeyUsage, of user: UserID) throws {
        try transaction.execute("DELETE FROM signing_keys WHERE user_id = \(user) AND usage = \(usage.rawValue)")
    }

    /// Removes a user's keys, and the signatures that the user made.
    public func removeAll(of user: UserID) throws {
        try transaction.execute("DELETE FROM signing_keys WHERE user_id = \(user)")
        try transaction.execute("DELETE FROM user_signatures WHERE signer = \(user)")
    }

    /// Remembers a signature of another user's master key, which only the signer sees; syncs to the signer at `position`.
    public func addSignature(
        _ signature: String, by signer: UserID, with keyID: String, of user: UserID, publicKey: String, position: Position
    ) throws {
        try transaction.execute(
            """
            INSERT INTO user_signatures (signer, user_id, public_key, signing_key_id, signature, position)
            VALUES (\(signer), \(user), \(publicKey), \(keyID), \(signature), \(position))
            ON CONFLICT (signer, user_id, public_key, signing_key_id) DO UPDATE
            SET signature = excluded.signature, position = excluded.position
            """)
    }

    /// The signatures that a user made of another's master key, by the identifier of the key that signed.
    public func signatures(by signer: UserID, of user: UserID, publicKey: String) throws -> [(keyID: String, signature: String)] {
        try transaction.map(
            """
            SELECT signing_key_id, signature FROM user_signatures
            WHERE signer = \(signer) AND user_id = \(user) AND public_key = \(publicKey) ORDER BY signing_key_id
            """
        ) { ($0.text(0), $0.text(1)) }
    }

    /// The users whose keys somebody signed after a position, in order.
    public func signedUsers(by signer: UserID, after position: Position) throws -> [UserID] {
        try transaction.map(
            "SELECT DISTINCT user_id FROM user_signatures WHERE signer = \(signer) AND position > \(position) ORDER BY user_id"
        ) { try $0.user(0) }
    }

    private func decode(_ row: Row) throws -> PublishedSigningKey {
        guard let usage = SigningKeyUsage(rawValue: row.text(0)) else { throw StorageError.corrupt("usage of a signing key") }
        return PublishedSigningKey(usage: usage, publicKey: row.text(1), key: try row.json(2))
    }
}

public import Database
public import MatrixModel

/// A key by which another server's signatures are verified.
public struct ServerKey: Sendable, Hashable {
    /// Such as `ed25519:a1`.
    public let id: String
    /// The public key, 32 bytes.
    public let key: [UInt8]
    /// Until when the server vouched for it, in milliseconds since 1970.
    public let validUntil: Int
    /// When the server gave it up, in milliseconds since 1970: it holds for events from before.
    public let expired: Int?
    /// When it was fetched, in milliseconds since 1970.
    public let fetched: Int

    public init(id: String, key: [UInt8], validUntil: Int, expired: Int?, fetched: Int) {
        self.id = id
        self.key = key
        self.validUntil = validUntil
        self.expired = expired
        self.fetched = fetched
    }
}

/// The keys of other servers, and the signed documents that they came in, which a notary hands on.
public struct ServerKeyStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Remembers a key; one that is known is taken over where it is vouched for longer or given up. Its bytes never change.
    public func save(_ key: ServerKey, of server: ServerName) throws {
        try transaction.execute(
            """
            INSERT INTO server_keys (server, key_id, key, valid_until, expired, fetched)
            VALUES (\(server), \(key.id), \(key.key), \(key.validUntil), \(key.expired), \(key.fetched))
            ON CONFLICT (server, key_id) DO UPDATE SET valid_until = max(valid_until, excluded.valid_until),
                expired = coalesce(excluded.expired, expired), fetched = excluded.fetched
            WHERE key = excluded.key
            """)
    }

    public func key(_ id: String, of server: ServerName) throws -> ServerKey? {
        try transaction.first(
            "SELECT key_id, key, valid_until, expired, fetched FROM server_keys WHERE server = \(server) AND key_id = \(id)", decode)
    }

    /// A server's keys, in order of their identifiers.
    public func keys(of server: ServerName) throws -> [ServerKey] {
        try transaction.map(
            "SELECT key_id, key, valid_until, expired, fetched FROM server_keys WHERE server = \(server) ORDER BY key_id", decode)
    }

    /// Remembers a server's signed key document as it was received.
    public func saveDocument(_ document: [UInt8], of server: ServerName, validUntil: Int, fetched: Int) throws {
        try transaction.execute(
            """
            INSERT INTO server_key_documents (server, document, valid_until, fetched)
            VALUES (\(server), \(document), \(validUntil), \(fetched))
            ON CONFLICT (server) DO UPDATE
            SET document = excluded.document, valid_until = excluded.valid_until, fetched = excluded.fetched
            """)
    }

    /// A server's newest signed key document.
    public func document(of server: ServerName) throws -> (document: [UInt8], validUntil: Int, fetched: Int)? {
        try transaction.first("SELECT document, valid_until, fetched FROM server_key_documents WHERE server = \(server)") {
            ($0.blob(0), $0.integer(1), $0.integer(2))
        }
    }

    private func decode(_ row: Row) -> ServerKey {
        ServerKey(id: row.text(0), key: row.blob(1), validUntil: row.integer(2), expired: row.optionalInteger(3), fetched: row.integer(4))
    }
}

public import Database

/// A conversation in which somebody proves that an address is theirs.
public struct ContactValidation: Sendable, Hashable {
    /// The `sid` that the client knows it by.
    public let session: String
    /// What it is good for: a proof for one purpose is worth nothing for another.
    public let purpose: String
    public let medium: String
    public let address: String
    public let clientSecret: String
    /// The client's number of the newest message that was sent.
    public var attempt: Int
    /// Where the person goes after the proof.
    public var nextLink: String?
    /// When it ends, in milliseconds since 1970.
    public var expires: Int
    /// When the proof was given, in milliseconds since 1970; nil until then.
    public var validated: Int?

    public init(
        session: String, purpose: String, medium: String, address: String, clientSecret: String, attempt: Int, nextLink: String?, expires: Int,
        validated: Int? = nil
    ) {
        self.session = session
        self.purpose = purpose
        self.medium = medium
        self.address = address
        self.clientSecret = clientSecret
        self.attempt = attempt
        self.nextLink = nextLink
        self.expires = expires
        self.validated = validated
    }
}

/// Validations under way, and those done whose proof is not used up.
public struct ContactValidationStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Begins a validation, or begins it anew with another token; `token` is the digest of what the message carries.
    public func set(_ validation: ContactValidation, token: [UInt8]) throws {
        try transaction.execute(
            """
            INSERT INTO contact_validations (session, purpose, medium, address, client_secret, token, attempt, next_link, expires, validated)
            VALUES (\(validation.session), \(validation.purpose), \(validation.medium), \(validation.address), \(validation.clientSecret),
                \(token), \(validation.attempt), \(validation.nextLink), \(validation.expires), \(validation.validated))
            ON CONFLICT (session) DO UPDATE SET token = excluded.token, attempt = excluded.attempt, next_link = excluded.next_link,
                expires = excluded.expires, validated = excluded.validated
            """)
    }

    /// The client's validation of that address; nil where there is none that lasts.
    public func find(purpose: String, medium: String, address: String, clientSecret: String, at now: Int) throws -> ContactValidation? {
        try transaction.first(
            """
            SELECT session, purpose, medium, address, client_secret, attempt, next_link, expires, validated FROM contact_validations
            WHERE purpose = \(purpose) AND medium = \(medium) AND address = \(address) AND client_secret = \(clientSecret) AND expires > \(now)
            """, decode)
    }

    /// The validation of that `sid`; nil where there is none that lasts.
    public func find(session: String, at now: Int) throws -> ContactValidation? {
        try transaction.first(
            """
            SELECT session, purpose, medium, address, client_secret, attempt, next_link, expires, validated FROM contact_validations
            WHERE session = \(session) AND expires > \(now)
            """, decode)
    }

    /// Notes the proof: false where token or session are wrong or over. A repeated proof changes nothing.
    public func confirm(session: String, token: [UInt8], at now: Int) throws -> Bool {
        try transaction.execute(
            """
            UPDATE contact_validations SET validated = coalesce(validated, \(now))
            WHERE session = \(session) AND token = \(token) AND expires > \(now)
            """) == 1
    }

    /// Ends a validation: its proof is used up.
    public func remove(session: String) throws {
        try transaction.execute("DELETE FROM contact_validations WHERE session = \(session)")
    }

    /// Removes what is over.
    public func removeExpired(at now: Int) throws {
        try transaction.execute("DELETE FROM contact_validations WHERE expires <= \(now)")
    }

    private func decode(_ row: Row) -> ContactValidation {
        ContactValidation(
            session: row.text(0), purpose: row.text(1), medium: row.text(2), address: row.text(3), clientSecret: row.text(4),
            attempt: row.integer(5), nextLink: row.optionalText(6), expires: row.integer(7), validated: row.optionalInt(8).map { Int($0) })
    }
}

public import Database

/// A token that lets people register.
public struct RegistrationToken: Sendable, Hashable {
    public let token: String
    /// How many accounts may be made with it; nil for any number.
    public let usesAllowed: Int?
    /// Registrations that have shown it and are not finished.
    public let pending: Int
    /// Accounts made with it.
    public let completed: Int
    /// When it ends, in milliseconds since 1970; nil for never.
    public let expires: Int?
    /// When it was made, in milliseconds since 1970.
    public let created: Int

    /// Whether one more registration may use it.
    public func isValid(at now: Int) -> Bool {
        if let expires, expires <= now { return false }
        if let usesAllowed, pending + completed >= usesAllowed { return false }
        return true
    }
}

/// The registration tokens (client-server API, "Token-authenticated registration").
public struct RegistrationTokenStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Makes a token; false where it is there already.
    public func create(_ token: String, usesAllowed: Int?, expires: Int?, at now: Int) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO registration_tokens (token, uses_allowed, expires, created) VALUES (\(token), \(usesAllowed), \(expires), \(now))
            ON CONFLICT (token) DO NOTHING
            """) == 1
    }

    public func token(_ token: String) throws -> RegistrationToken? {
        try transaction.first(
            "SELECT token, uses_allowed, pending, completed, expires, created FROM registration_tokens WHERE token = \(token)", decode)
    }

    /// All tokens, in order.
    public func tokens() throws -> [RegistrationToken] {
        try transaction.map(
            "SELECT token, uses_allowed, pending, completed, expires, created FROM registration_tokens ORDER BY token", decode)
    }

    /// Changes a token's limits; false where it is unknown.
    public func update(_ token: String, usesAllowed: Int?, expires: Int?) throws -> Bool {
        try transaction.execute(
            "UPDATE registration_tokens SET uses_allowed = \(usesAllowed), expires = \(expires) WHERE token = \(token)") == 1
    }

    /// Removes a token; false where it is unknown.
    public func delete(_ token: String) throws -> Bool {
        try transaction.execute("DELETE FROM registration_tokens WHERE token = \(token)") == 1
    }

    /// Takes one use for a registration that has begun; false where the token is unknown, expired or used up.
    public func reserve(_ token: String, at now: Int) throws -> Bool {
        try transaction.execute(
            """
            UPDATE registration_tokens SET pending = pending + 1 WHERE token = \(token)
            AND (expires IS NULL OR expires > \(now)) AND (uses_allowed IS NULL OR pending + completed < uses_allowed)
            """) == 1
    }

    /// Turns a reserved use into an account made.
    public func complete(_ token: String) throws {
        try transaction.execute(
            "UPDATE registration_tokens SET pending = max(pending - 1, 0), completed = completed + 1 WHERE token = \(token)")
    }

    /// Gives a reserved use back.
    public func release(_ token: String) throws {
        try transaction.execute("UPDATE registration_tokens SET pending = max(pending - 1, 0) WHERE token = \(token)")
    }

    /// Gives all reserved uses back; for the start of the server, which forgets begun registrations.
    public func releaseAll() throws {
        try transaction.execute("UPDATE registration_tokens SET pending = 0 WHERE pending <> 0")
    }

    private func decode(_ row: Row) -> RegistrationToken {
        RegistrationToken(
            token: row.text(0), usesAllowed: row.optionalInteger(1), pending: row.integer(2), completed: row.integer(3),
            expires: row.optionalInteger(4), created: row.integer(5))
    }
}

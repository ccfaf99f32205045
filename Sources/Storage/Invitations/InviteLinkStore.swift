public import Database
public import MatrixModel

/// The invite links of this server's people, and their uses.
public struct InviteLinkStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    // MARK: Links

    /// Adds a link; false where its code is taken.
    public func add(_ link: InviteLink) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO invite_links (code, room, creator, created, expires, max_uses, uses, label)
            VALUES (\(link.code), \(link.room), \(link.creator), \(link.created), \(link.expires), \(link.maximumUses), \(link.uses), \(link.label))
            ON CONFLICT (code) DO NOTHING
            """) == 1
    }

    /// The link of that code, open or not.
    public func link(_ code: String) throws -> InviteLink? {
        try transaction.first(
            "SELECT code, room, creator, created, expires, max_uses, uses, label FROM invite_links WHERE code = \(code)", decode)
    }

    /// The open links of a room, the newest first; of one creator where one is given.
    public func open(room: Int64, creator: UserID? = nil, at now: Int) throws -> [InviteLink] {
        try transaction.map(
            """
            SELECT code, room, creator, created, expires, max_uses, uses, label FROM invite_links
            WHERE room = \(room) AND (\(creator) IS NULL OR creator = \(creator)) AND (expires IS NULL OR expires > \(now))
                AND (max_uses IS NULL OR uses < max_uses)
            ORDER BY created DESC, code
            """, decode)
    }

    /// How many open links a room has.
    public func count(room: Int64, at now: Int) throws -> Int {
        try transaction.first(
            """
            SELECT count(*) FROM invite_links WHERE room = \(room) AND (expires IS NULL OR expires > \(now))
                AND (max_uses IS NULL OR uses < max_uses)
            """
        ) { $0.integer(0) } ?? 0
    }

    /// Ends a link; false where there is none of that code.
    public func remove(_ code: String) throws -> Bool {
        try transaction.execute("DELETE FROM invite_links WHERE code = \(code)") == 1
    }

    /// Ends all links that somebody made.
    public func removeAll(by creator: UserID) throws {
        try transaction.execute("DELETE FROM invite_links WHERE creator = \(creator)")
    }

    /// Removes links whose time is over.
    public func removeExpired(at now: Int) throws {
        try transaction.execute("DELETE FROM invite_links WHERE expires <= \(now)")
    }

    // MARK: Uses

    /// Counts a use for somebody who comes in; false where the link lets nobody in any more. Who has a claim already is not counted again.
    public func claim(_ code: String, for user: UserID, at now: Int) throws -> Bool {
        guard try transaction.first("SELECT 1 FROM invite_link_claims WHERE code = \(code) AND user_id = \(user)") == nil else { return true }
        let isCounted =
            try transaction.execute(
                """
                UPDATE invite_links SET uses = uses + 1
                WHERE code = \(code) AND (expires IS NULL OR expires > \(now)) AND (max_uses IS NULL OR uses < max_uses)
                """) == 1
        if isCounted { try transaction.execute("INSERT INTO invite_link_claims (code, user_id) VALUES (\(code), \(user))") }
        return isCounted
    }

    /// Whoever had the claim is in the room: the use stays counted.
    public func settle(_ code: String, for user: UserID) throws {
        try transaction.execute("DELETE FROM invite_link_claims WHERE code = \(code) AND user_id = \(user)")
    }

    /// Whoever had the claim did not get in: the use is given back.
    public func release(_ code: String, for user: UserID) throws {
        guard try transaction.execute("DELETE FROM invite_link_claims WHERE code = \(code) AND user_id = \(user)") == 1 else { return }
        try transaction.execute("UPDATE invite_links SET uses = max(uses - 1, 0) WHERE code = \(code)")
    }

    private func decode(_ row: Row) throws -> InviteLink {
        InviteLink(
            code: row.text(0), room: row.int(1), creator: try row.user(2), created: row.integer(3), expires: row.optionalInteger(4),
            maximumUses: row.optionalInteger(5), uses: row.integer(6), label: row.optionalText(7))
    }
}

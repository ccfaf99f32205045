public import Database
public import MatrixModel

/// Something that is still to be done in all of a person's rooms.
public struct MembershipErrand: Sendable, Hashable {
    /// What is to be done.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Tell of a new profile.
        case announce
        /// Leave, for the account is no more.
        case depart
    }

    public let user: UserID
    public let kind: Kind
    /// Rooms with numbers up to here are done.
    public let afterRoom: Int64
    /// Grows each time that there is something new to do.
    public let version: Int64
}

/// What is still to be done in people's rooms; it outlives a crash.
public struct MembershipErrandStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Adds an errand; one that is under way begins anew. Who departs has no profile to tell of.
    public func add(_ kind: MembershipErrand.Kind, of user: UserID) throws {
        try transaction.execute(
            """
            INSERT INTO membership_errands (user_id, kind) VALUES (\(user), \(kind.rawValue))
            ON CONFLICT (user_id) DO UPDATE SET after_room = 0, version = version + 1,
                kind = CASE WHEN kind = 'depart' THEN kind ELSE excluded.kind END
            """)
    }

    /// All errands, by user, at most `limit`.
    public func errands(limit: Int) throws -> [MembershipErrand] {
        try transaction.map("SELECT user_id, kind, after_room, version FROM membership_errands ORDER BY user_id LIMIT \(limit)", decode)
    }

    /// A user's errand, nil where there is nothing left to do.
    public func errand(of user: UserID) throws -> MembershipErrand? {
        try transaction.first("SELECT user_id, kind, after_room, version FROM membership_errands WHERE user_id = \(user)", decode)
    }

    /// Notes that rooms up to a number are done, unless the errand began anew.
    public func advance(_ errand: MembershipErrand, through room: Int64) throws {
        try transaction.execute(
            "UPDATE membership_errands SET after_room = \(room) WHERE user_id = \(errand.user) AND version = \(errand.version)")
    }

    /// Ends an errand, unless it began anew.
    public func finish(_ errand: MembershipErrand) throws {
        try transaction.execute("DELETE FROM membership_errands WHERE user_id = \(errand.user) AND version = \(errand.version)")
    }

    private func decode(_ row: Row) throws -> MembershipErrand {
        guard let kind = MembershipErrand.Kind(rawValue: row.text(1)) else { throw StorageError.corrupt("membership_errands") }
        return MembershipErrand(user: try row.user(0), kind: kind, afterRoom: row.int(2), version: row.int(3))
    }
}

public import Database
public import MatrixModel

/// What is remembered of a user's presence over a restart.
public struct StoredPresence: Sendable, Hashable {
    public let user: UserID
    /// 0 for offline, 1 for unavailable, 2 for online.
    public let state: Int
    public let status: String?
    /// In milliseconds since 1970.
    public let lastActive: Int

    public init(user: UserID, state: Int, status: String?, lastActive: Int) {
        self.user = user
        self.state = state
        self.status = status
        self.lastActive = lastActive
    }
}

/// Presence as it was last told, and with whom it is shared.
public struct PresenceStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Notes what was told of a user. One who is offline without a status takes no place.
    public func set(_ presence: StoredPresence) throws {
        guard presence.state != 0 || presence.status != nil else {
            try transaction.execute("DELETE FROM presence WHERE user_id = \(presence.user)")
            return
        }
        try transaction.execute(
            """
            INSERT INTO presence (user_id, state, status, last_active)
            VALUES (\(presence.user), \(presence.state), \(presence.status), \(presence.lastActive))
            ON CONFLICT (user_id) DO UPDATE SET state = excluded.state, status = excluded.status, last_active = excluded.last_active
            """)
    }

    /// Sets or, with nil, removes a user's status alone.
    public func setStatus(_ status: String?, of user: UserID) throws {
        try transaction.execute(
            """
            INSERT INTO presence (user_id, state, status, last_active) VALUES (\(user), 0, \(status), 0)
            ON CONFLICT (user_id) DO UPDATE SET status = excluded.status
            """)
        try transaction.execute("DELETE FROM presence WHERE user_id = \(user) AND state = 0 AND status IS NULL")
    }

    /// What was last told of a user.
    public func presence(of user: UserID) throws -> StoredPresence? {
        try transaction.first("SELECT user_id, state, status, last_active FROM presence WHERE user_id = \(user)", decode)
    }

    /// Users who were not offline, at most `limit`.
    public func present(limit: Int) throws -> [StoredPresence] {
        try transaction.map(
            "SELECT user_id, state, status, last_active FROM presence WHERE state <> 0 ORDER BY user_id LIMIT \(limit)", decode)
    }

    /// Forgets a user.
    public func remove(_ user: UserID) throws {
        try transaction.execute("DELETE FROM presence WHERE user_id = \(user)")
    }

    /// The rooms that a user is joined to, by number.
    public func rooms(of user: UserID) throws -> [Int64] {
        try transaction.map("SELECT room FROM memberships WHERE user_id = \(user) AND membership = 'join' ORDER BY room") { $0.int(0) }
    }

    /// The servers with members in a user's rooms, by name.
    public func servers(sharingRoomsWith user: UserID) throws -> [ServerName] {
        try transaction.map(
            """
            SELECT DISTINCT s.server FROM memberships m JOIN room_servers s ON s.room = m.room
            WHERE m.user_id = \(user) AND m.membership = 'join' AND s.members > 0 ORDER BY s.server
            """
        ) { try $0.server(0) }
    }

    private func decode(_ row: Row) throws -> StoredPresence {
        StoredPresence(user: try row.user(0), state: row.integer(1), status: row.optionalText(2), lastActive: row.integer(3))
    }
}

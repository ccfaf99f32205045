public import Database
public import MatrixModel

/// A user's relation to a room, as the room's current state has it.
public struct MembershipRow: Sendable {
    public let user: UserID
    /// The room's number.
    public let room: Int64
    public let membership: Membership
    /// Who made it so.
    public let sender: UserID
    /// The number of the member event.
    public let event: Int64
    /// The journal position of the change.
    public let position: Position
    public let isForgotten: Bool
    /// Stripped state that came with an invite or knock, as the JSON text of an array.
    public let stripped: [UInt8]?

    public init(
        user: UserID, room: Int64, membership: Membership, sender: UserID, event: Int64, position: Position, isForgotten: Bool = false,
        stripped: [UInt8]? = nil
    ) {
        self.user = user
        self.room = room
        self.membership = membership
        self.sender = sender
        self.event = event
        self.position = position
        self.isForgotten = isForgotten
        self.stripped = stripped
    }
}

/// Memberships by user and by room; follows the current state.
public struct MembershipStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The membership of one user in one room.
    public func membership(of user: UserID, room: Int64) throws -> MembershipRow? {
        try transaction.first(
            """
            SELECT user_id, room, membership, sender, event, position, forgotten, stripped FROM memberships
            WHERE user_id = \(user.description) AND room = \(room)
            """
        ).map(decode)
    }

    /// All of a user's memberships, by room number.
    public func memberships(of user: UserID) throws -> [MembershipRow] {
        try transaction.rows(
            """
            SELECT user_id, room, membership, sender, event, position, forgotten, stripped FROM memberships
            WHERE user_id = \(user.description) ORDER BY room
            """
        ).map(decode)
    }

    /// A user's memberships that changed after a position, by room number.
    public func memberships(of user: UserID, changedAfter position: Position) throws -> [MembershipRow] {
        try transaction.rows(
            """
            SELECT user_id, room, membership, sender, event, position, forgotten, stripped FROM memberships
            WHERE user_id = \(user.description) AND position > \(position) ORDER BY room
            """
        ).map(decode)
    }

    /// The members of a room with that membership, by user.
    public func members(room: Int64, _ membership: Membership) throws -> [MembershipRow] {
        try transaction.rows(
            """
            SELECT user_id, room, membership, sender, event, position, forgotten, stripped FROM memberships
            WHERE room = \(room) AND membership = \(membership.rawValue) ORDER BY user_id
            """
        ).map(decode)
    }

    /// How many members a room has with that membership.
    public func count(room: Int64, _ membership: Membership) throws -> Int {
        try transaction.first("SELECT count(*) FROM memberships WHERE room = \(room) AND membership = \(membership.rawValue)")?.integer(0) ?? 0
    }

    /// The first members by name, other than `user`: for the heroes of a room's summary.
    public func heroes(room: Int64, other user: UserID, limit: Int) throws -> [MembershipRow] {
        try transaction.rows(
            """
            SELECT user_id, room, membership, sender, event, position, forgotten, stripped FROM memberships
            WHERE room = \(room) AND user_id <> \(user.description) AND membership IN ('join', 'invite') ORDER BY user_id LIMIT \(Int64(limit))
            """
        ).map(decode)
    }

    /// The rooms that both users are joined to, by number.
    public func sharedRooms(_ first: UserID, _ second: UserID) throws -> [Int64] {
        try transaction.rows(
            """
            SELECT a.room FROM memberships a JOIN memberships b ON b.room = a.room
            WHERE a.user_id = \(first.description) AND b.user_id = \(second.description) AND a.membership = 'join' AND b.membership = 'join'
            ORDER BY a.room
            """
        ).map { $0.int(0) }
    }

    /// The servers with joined members in a room, each with their number; by name.
    public func servers(room: Int64) throws -> [(server: ServerName, members: Int)] {
        try transaction.rows("SELECT server, members FROM room_servers WHERE room = \(room) AND members > 0 ORDER BY server")
            .compactMap { row in ServerName(row.text(0)).map { ($0, row.integer(1)) } }
    }

    /// The rooms in which a server has joined members, by number.
    public func rooms(of server: ServerName) throws -> [Int64] {
        try transaction.rows("SELECT room FROM room_servers WHERE server = \(server.description) AND members > 0 ORDER BY room").map { $0.int(0) }
    }

    /// All servers that share a room with this one, by name.
    public func knownServers() throws -> [ServerName] {
        try transaction.rows("SELECT DISTINCT server FROM room_servers WHERE members > 0 ORDER BY server").compactMap { ServerName($0.text(0)) }
    }

    /// Takes a left room out of the user's lists (client-server API, "Leaving rooms": forget).
    public func forget(_ user: UserID, room: Int64) throws {
        _ = try transaction.execute("UPDATE memberships SET forgotten = 1 WHERE user_id = \(user.description) AND room = \(room)")
    }

    /// Sets a membership and keeps the count of the user's server in step.
    func set(_ row: MembershipRow) throws {
        let previous = try membership(of: row.user, room: row.room)?.membership
        _ = try transaction.execute(
            """
            INSERT INTO memberships (user_id, room, membership, sender, event, position, forgotten, stripped)
            VALUES (\(row.user.description), \(row.room), \(row.membership.rawValue), \(row.sender.description), \(row.event), \(row.position), 0,
                \(row.stripped))
            ON CONFLICT (user_id, room) DO UPDATE SET membership = excluded.membership, sender = excluded.sender, event = excluded.event,
                position = excluded.position, forgotten = 0, stripped = excluded.stripped
            """)
        try count(row.user.server, room: row.room, from: previous, to: row.membership)
    }

    /// Takes a user out of a room of which the current state no longer names them.
    func remove(_ user: UserID, room: Int64) throws {
        let previous = try membership(of: user, room: room)?.membership
        _ = try transaction.execute("DELETE FROM memberships WHERE user_id = \(user.description) AND room = \(room)")
        try count(user.server, room: room, from: previous, to: nil)
    }

    private func count(_ server: ServerName, room: Int64, from previous: Membership?, to next: Membership?) throws {
        guard (previous == .join) != (next == .join) else { return }
        let change: Int64 = next == .join ? 1 : -1
        _ = try transaction.execute(
            """
            INSERT INTO room_servers (server, room, members) VALUES (\(server.description), \(room), \(change))
            ON CONFLICT (server, room) DO UPDATE SET members = room_servers.members + \(change)
            """)
    }

    private func decode(_ row: Row) throws -> MembershipRow {
        guard let user = UserID(row.text(0)), let membership = Membership(rawValue: row.text(2)), let sender = UserID(row.text(3)) else {
            throw StorageError.corrupt("memberships")
        }
        return MembershipRow(
            user: user, room: row.int(1), membership: membership, sender: sender, event: row.int(4), position: row.int(5),
            isForgotten: row.bool(6), stripped: row.optionalBlob(7))
    }
}

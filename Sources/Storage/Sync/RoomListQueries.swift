public import Database
public import MatrixModel

/// One room of a person's list, with what filters and order look at.
public struct ListedRoom: Sendable {
    /// The room's number.
    public let room: Int64
    public let id: String
    public let membership: Membership
    /// Whether the person made their membership what it is.
    public let isOwnDoing: Bool
    /// The position at which the membership became what it is.
    public let position: Position
    /// The number of the member event.
    public let event: Int64
    /// Whether stripped state came with the membership.
    public let hasStripped: Bool
    /// The position of the room's last change.
    public let changed: Position
    /// The position of the room's last event.
    public let activity: Position
    /// The position of the room's last message; zero where there was none.
    public let bump: Position
    public let type: String?
    public let isEncrypted: Bool
    public let name: String?
}

/// The rooms of a person, as lists of them need it.
public struct RoomListQueries {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// All rooms that the person has any membership of.
    public func rooms(of user: UserID) throws -> [ListedRoom] {
        try transaction.map(
            """
            SELECT m.room, r.room_id, m.membership, m.sender = m.user_id, m.position, m.event, m.stripped IS NOT NULL, coalesce(f.changed, 0),
                coalesce(f.activity, 0), coalesce(f.bump, 0), f.type, f.encryption IS NOT NULL, f.name
            FROM memberships m JOIN rooms r ON r.room = m.room LEFT JOIN room_facts f ON f.room = m.room WHERE m.user_id = \(user)
            """, decode)
    }

    /// One of them.
    public func room(_ room: Int64, of user: UserID) throws -> ListedRoom? {
        try transaction.first(
            """
            SELECT m.room, r.room_id, m.membership, m.sender = m.user_id, m.position, m.event, m.stripped IS NOT NULL, coalesce(f.changed, 0),
                coalesce(f.activity, 0), coalesce(f.bump, 0), f.type, f.encryption IS NOT NULL, f.name
            FROM memberships m JOIN rooms r ON r.room = m.room LEFT JOIN room_facts f ON f.room = m.room
            WHERE m.user_id = \(user) AND m.room = \(room)
            """, decode)
    }

    /// The tags that the person gave to rooms, by room.
    public func tags(of user: UserID) throws -> [String: Set<String>] {
        var tags: [String: Set<String>] = [:]
        try transaction.forEach("SELECT room_id, content FROM account_data WHERE user_id = \(user) AND room_id <> '' AND type = 'm.tag'") { row in
            tags[row.text(0)] = Set(try row.json(1)["tags"]?.members.map(\.key) ?? [])
        }
        return tags
    }

    /// The rooms in which the person set receipts after `after` up to `through`.
    public func roomsWithReceipts(of user: UserID, after: Position, through: Position) throws -> Set<String> {
        Set(
            try transaction.map(
                "SELECT DISTINCT room_id FROM receipts WHERE position > \(after) AND position <= \(through) AND user_id = \(user)"
            ) { $0.text(0) })
    }

    private func decode(_ row: Row) throws -> ListedRoom {
        guard let membership = Membership(rawValue: row.text(2)) else { throw StorageError.corrupt("memberships") }
        return ListedRoom(
            room: row.int(0), id: row.text(1), membership: membership, isOwnDoing: row.bool(3), position: row.int(4), event: row.int(5),
            hasStripped: row.bool(6), changed: row.int(7), activity: row.int(8), bump: row.int(9), type: row.optionalText(10),
            isEncrypted: row.bool(11), name: row.optionalText(12))
    }
}

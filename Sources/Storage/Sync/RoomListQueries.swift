public import Database
public import MatrixModel

/// One room of a person's list, with what filters and order look at. A class, because lists are sorted and passed through whole.
public final class ListedRoom: Sendable {
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

    fileprivate init(_ row: Row) throws {
        guard let membership = Membership(rawValue: row.text(2)) else { throw StorageError.corrupt("memberships") }
        room = row.int(0)
        id = row.text(1)
        self.membership = membership
        isOwnDoing = row.bool(3)
        position = row.int(4)
        event = row.int(5)
        hasStripped = row.bool(6)
        changed = row.int(7)
        activity = row.int(8)
        bump = row.int(9)
        type = row.optionalText(10)
        isEncrypted = row.bool(11)
        name = row.optionalText(12)
    }
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
            """, ListedRoom.init)
    }

    /// One of them.
    public func room(_ room: Int64, of user: UserID) throws -> ListedRoom? {
        try transaction.first(
            """
            SELECT m.room, r.room_id, m.membership, m.sender = m.user_id, m.position, m.event, m.stripped IS NOT NULL, coalesce(f.changed, 0),
                coalesce(f.activity, 0), coalesce(f.bump, 0), f.type, f.encryption IS NOT NULL, f.name
            FROM memberships m JOIN rooms r ON r.room = m.room LEFT JOIN room_facts f ON f.room = m.room
            WHERE m.user_id = \(user) AND m.room = \(room)
            """, ListedRoom.init)
    }

    /// Rooms with a person's membership of each, by number.
    public typealias Rows = [Int64: (room: RoomRow, membership: MembershipRow)]

    /// Those of the rooms that the person has any membership of.
    public func rows(of user: UserID, rooms: [Int64]) throws -> Rows {
        var rows: Rows = [:]
        for start in stride(from: 0, to: rooms.count, by: RoomListQueries.roomsAtOnce) {
            let part = rooms[start..<min(start + RoomListQueries.roomsAtOnce, rooms.count)]
            try transaction.forEach(
                """
                SELECT r.room, r.room_id, r.version, r.revision, r.participating, r.current_branch, r.current_position,
                    m.membership, m.sender, m.event, m.position, m.forgotten, m.stripped
                FROM memberships m JOIN rooms r ON r.room = m.room WHERE m.user_id = \(user) AND m.room IN (\(SQL.list(part)))
                """
            ) { row in
                guard let id = RoomID(row.text(1)), let version = RoomVersion(row.text(2)), let membership = Membership(rawValue: row.text(7)) else {
                    throw StorageError.corrupt("rooms \(row.int(0))")
                }
                var current: StateReference?
                if let branch = row.optionalInt(5), let position = row.optionalInt(6) {
                    current = StateReference(branch: branch, position: position)
                }
                let room = RoomRow(
                    number: row.int(0), id: id, version: version, revision: row.int(3), isParticipating: row.bool(4), current: current)
                rows[room.number] = (
                    room,
                    MembershipRow(
                        user: user, room: room.number, membership: membership, sender: try row.user(8), event: row.int(9), position: row.int(10),
                        isForgotten: row.bool(11), stripped: row.optionalBlob(12))
                )
            }
        }
        return rows
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

    /// How many members a room has who are joined, and who are invited.
    public func memberCounts(room: Int64) throws -> (joined: Int, invited: Int) {
        var counts = (joined: 0, invited: 0)
        try transaction.forEach(
            "SELECT membership = 'join', count(*) FROM memberships WHERE room = \(room) AND membership IN ('join', 'invite') GROUP BY membership"
        ) { row in
            if row.bool(0) { counts.joined = row.integer(1) } else { counts.invited = row.integer(1) }
        }
        return counts
    }

    /// A person's account data of those rooms, by room and in order of types.
    public func roomData(of user: UserID, rooms: [RoomID]) throws -> [RoomID: [AccountDataEntry]] {
        var found: [RoomID: [AccountDataEntry]] = [:]
        for part in parts(of: rooms) {
            try transaction.forEach(
                """
                SELECT room_id, type, content, position FROM account_data WHERE user_id = \(user) AND room_id IN (\(SQL.list(part)))
                ORDER BY room_id, type
                """
            ) { row in
                let room = try row.roomID(0)
                found[room, default: []].append(
                    AccountDataEntry(room: room, type: row.text(1), content: try row.json(2), position: row.int(3)))
            }
        }
        return found
    }

    /// Those of the rooms that have any receipts.
    public func roomsWithReceipts(among rooms: [RoomID]) throws -> Set<RoomID> {
        var found: Set<RoomID> = []
        for part in parts(of: rooms) {
            try transaction.forEach(
                """
                SELECT r.room_id FROM rooms r WHERE r.room_id IN (\(SQL.list(part)))
                AND EXISTS (SELECT 1 FROM receipts t WHERE t.room_id = r.room_id)
                """
            ) { row in found.insert(try row.roomID(0)) }
        }
        return found
    }

    /// So many at a time as one query takes.
    private func parts(of rooms: [RoomID]) -> [ArraySlice<RoomID>] {
        stride(from: 0, to: rooms.count, by: RoomListQueries.roomsAtOnce).map {
            rooms[$0..<min($0 + RoomListQueries.roomsAtOnce, rooms.count)]
        }
    }

    private static let roomsAtOnce = 512
}

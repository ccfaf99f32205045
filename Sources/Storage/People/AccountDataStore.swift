public import Database
public import MatrixModel

/// One event of account data.
public struct AccountDataEntry: Sendable {
    /// The room that it is about; nil for the account as a whole.
    public let room: RoomID?
    public let type: String
    public let content: JSON
    public let position: Position
}

/// What clients keep on the server, for the account and for each room.
public struct AccountDataStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Sets the content of a type, for a room or, with nil, for the account; syncs at `position`.
    public func set(_ type: String, to content: JSON, room: RoomID? = nil, user: UserID, position: Position) throws {
        try transaction.execute(
            """
            INSERT INTO account_data (user_id, room_id, type, content, position)
            VALUES (\(user), \(room?.description ?? ""), \(type), \(content.lenientBytes()), \(position))
            ON CONFLICT (user_id, room_id, type) DO UPDATE SET content = excluded.content, position = excluded.position
            """)
    }

    public func content(_ type: String, room: RoomID? = nil, user: UserID) throws -> JSON? {
        try transaction.first(
            "SELECT content FROM account_data WHERE user_id = \(user) AND room_id = \(room?.description ?? "") AND type = \(type)"
        ) { try $0.json(0) }
    }

    /// All of a room's or, with nil, of the account's, in order of types.
    public func entries(room: RoomID? = nil, user: UserID) throws -> [AccountDataEntry] {
        try transaction.map(
            """
            SELECT room_id, type, content, position FROM account_data
            WHERE user_id = \(user) AND room_id = \(room?.description ?? "") ORDER BY type
            """, decode)
    }

    /// What changed after `after` up to `through`, for the account and all rooms, in order.
    public func changes(after: Position, through: Position = .max, user: UserID) throws -> [AccountDataEntry] {
        try transaction.map(
            """
            SELECT room_id, type, content, position FROM account_data
            WHERE user_id = \(user) AND position > \(after) AND position <= \(through) ORDER BY position
            """, decode)
    }

    private func decode(_ row: Row) throws -> AccountDataEntry {
        let room = row.text(0)
        return AccountDataEntry(
            room: room.isEmpty ? nil : try row.roomID(0), type: row.text(1), content: try row.json(2), position: row.int(3))
    }
}

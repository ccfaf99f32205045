public import Database
public import MatrixModel

/// The aliases that this server resolves.
public struct AliasStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Gives a room an alias; false where the alias is taken.
    public func create(_ alias: RoomAlias, room: RoomID, creator: UserID, at now: Int) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO aliases (alias, room_id, creator, created) VALUES (\(alias), \(room), \(creator), \(now))
            ON CONFLICT (alias) DO NOTHING
            """) == 1
    }

    /// The room of an alias and who made the alias.
    public func find(_ alias: RoomAlias) throws -> (room: RoomID, creator: UserID)? {
        try transaction.first("SELECT room_id, creator FROM aliases WHERE alias = \(alias)") { (try $0.roomID(0), try $0.user(1)) }
    }

    /// A room's aliases, in order.
    public func aliases(of room: RoomID) throws -> [RoomAlias] {
        try transaction.map("SELECT alias FROM aliases WHERE room_id = \(room) ORDER BY alias") { try $0.alias(0) }
    }

    /// Removes an alias; false where it is not there.
    public func delete(_ alias: RoomAlias) throws -> Bool {
        try transaction.execute("DELETE FROM aliases WHERE alias = \(alias)") == 1
    }

    /// Gives all aliases of a room to another, as a room's upgrade does.
    public func move(from room: RoomID, to successor: RoomID) throws {
        try transaction.execute("UPDATE aliases SET room_id = \(successor) WHERE room_id = \(room)")
    }
}

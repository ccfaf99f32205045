public import Database
public import MatrixModel

/// A room as it is stored.
public struct RoomRow: Sendable {
    /// The room's number.
    public let number: Int64
    public let id: RoomID
    public let version: RoomVersion
    /// Counts commits; a commit names the revision that it was decided on.
    public let revision: Int64
    /// Whether a member of this server is, or was when it last heard, in the room.
    public let isParticipating: Bool
    /// Where the state log has the current state; nil before the create event.
    public let current: StateReference?
}

/// The table of rooms.
public struct RoomStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The room with that identifier.
    public func room(_ id: RoomID) throws -> RoomRow? {
        try transaction.first(
            """
            SELECT room, room_id, version, revision, participating, current_branch, current_position FROM rooms
            WHERE room_id = \(id.description)
            """
        ).map(decode)
    }

    /// The room of that number.
    public func room(number: Int64) throws -> RoomRow? {
        try transaction.first(
            "SELECT room, room_id, version, revision, participating, current_branch, current_position FROM rooms WHERE room = \(number)"
        ).map(decode)
    }

    /// Makes a room's row, or gives the one that is there.
    public func make(_ id: RoomID, version: RoomVersion) throws -> RoomRow {
        _ = try transaction.execute(
            "INSERT INTO rooms (room_id, version) VALUES (\(id.description), \(version.rawValue)) ON CONFLICT (room_id) DO NOTHING")
        guard let row = try room(id) else { throw StorageError.missingRow("rooms") }
        return row
    }

    /// The number of rooms.
    public func count() throws -> Int {
        try transaction.first("SELECT count(*) FROM rooms")?.integer(0) ?? 0
    }

    func advance(_ room: Int64, from revision: Int64, current: StateReference?) throws {
        let changed = try transaction.execute(
            """
            UPDATE rooms SET revision = revision + 1, current_branch = \(current?.branch), current_position = \(current?.position)
            WHERE room = \(room) AND revision = \(revision)
            """)
        guard changed == 1 else { throw StorageError.revisionConflict }
    }

    func setParticipating(_ room: Int64, _ isParticipating: Bool) throws {
        _ = try transaction.execute("UPDATE rooms SET participating = \(isParticipating) WHERE room = \(room)")
    }

    private func decode(_ row: Row) throws -> RoomRow {
        guard let id = RoomID(row.text(1)), let version = RoomVersion(row.text(2)) else { throw StorageError.corrupt("rooms \(row.int(0))") }
        var current: StateReference?
        if let branch = row.optionalInt(5), let position = row.optionalInt(6) { current = StateReference(branch: branch, position: position) }
        return RoomRow(
            number: row.int(0), id: id, version: version, revision: row.int(3), isParticipating: row.bool(4), current: current)
    }
}

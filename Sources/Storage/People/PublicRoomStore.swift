public import Database
public import MatrixModel

/// The rooms in this server's public directory.
public struct PublicRoomStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Lists a room; one that is listed stays where it is.
    public func publish(_ room: RoomID, at now: Int) throws {
        try transaction.execute("INSERT INTO public_rooms (room_id, published) VALUES (\(room), \(now)) ON CONFLICT (room_id) DO NOTHING")
    }

    /// Takes a room from the list.
    public func unpublish(_ room: RoomID) throws {
        try transaction.execute("DELETE FROM public_rooms WHERE room_id = \(room)")
    }

    public func isPublished(_ room: RoomID) throws -> Bool {
        try transaction.first("SELECT 1 FROM public_rooms WHERE room_id = \(room)") != nil
    }

    /// The listed rooms, in order of their identifiers.
    public func rooms() throws -> [RoomID] {
        try transaction.map("SELECT room_id FROM public_rooms ORDER BY room_id") { try $0.roomID(0) }
    }

    /// How many of the listed rooms are of a type, such as `m.space`.
    public func count(ofType type: String) throws -> Int {
        try transaction.first(
            """
            SELECT count(*) FROM public_rooms p JOIN rooms r ON r.room_id = p.room_id JOIN room_facts f ON f.room = r.room
            WHERE r.participating AND f.type = \(type)
            """
        ) { $0.integer(0) } ?? 0
    }
}

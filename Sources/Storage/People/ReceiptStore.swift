public import Database
public import MatrixModel

/// How far a user has read.
public struct Receipt: Sendable, Hashable {
    public let room: RoomID
    /// `m.read`, `m.read.private`, or another type.
    public let type: String
    public let user: UserID
    /// The thread's root, or `main`; nil for an unthreaded receipt.
    public let thread: String?
    public let event: EventID
    /// When the user read it, in milliseconds since 1970.
    public let timestamp: Int

    public init(room: RoomID, type: String, user: UserID, thread: String?, event: EventID, timestamp: Int) {
        self.room = room
        self.type = type
        self.user = user
        self.thread = thread
        self.event = event
        self.timestamp = timestamp
    }
}

/// The newest receipt of each user, type and thread in each room. The caller decides whether a receipt moves forward.
public struct ReceiptStore {
    /// The type that only its user and no other server may see.
    public static let privateType = "m.read.private"

    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Sets a receipt; syncs at `position`.
    public func set(_ receipt: Receipt, position: Position) throws {
        try transaction.execute(
            """
            INSERT INTO receipts (room_id, type, user_id, thread, event_id, timestamp, position)
            VALUES (\(receipt.room), \(receipt.type), \(receipt.user), \(receipt.thread ?? ""), \(receipt.event), \(receipt.timestamp), \(position))
            ON CONFLICT (room_id, type, user_id, thread) DO UPDATE
            SET event_id = excluded.event_id, timestamp = excluded.timestamp, position = excluded.position
            """)
    }

    /// The receipt of that user, type and thread.
    public func receipt(room: RoomID, type: String, user: UserID, thread: String?) throws -> Receipt? {
        try transaction.first(
            """
            SELECT room_id, type, user_id, thread, event_id, timestamp FROM receipts
            WHERE room_id = \(room) AND type = \(type) AND user_id = \(user) AND thread = \(thread ?? "")
            """, decode)
    }

    /// All of a user's receipts of one kind in a room, of every thread.
    public func receipts(room: RoomID, type: String, user: UserID) throws -> [Receipt] {
        try transaction.map(
            """
            SELECT room_id, type, user_id, thread, event_id, timestamp FROM receipts
            WHERE room_id = \(room) AND type = \(type) AND user_id = \(user) ORDER BY thread
            """, decode)
    }

    /// What `viewer` may see of a room's receipts that were set after `after` up to `through`, in order.
    public func receipts(room: RoomID, viewer: UserID, after: Position = 0, through: Position = .max) throws -> [Receipt] {
        try transaction.map(
            """
            SELECT room_id, type, user_id, thread, event_id, timestamp FROM receipts
            WHERE room_id = \(room) AND position > \(after) AND position <= \(through)
            AND (type <> \(ReceiptStore.privateType) OR user_id = \(viewer)) ORDER BY position
            """, decode)
    }

    /// The rooms in which receipts that `viewer` may see were set after `after` up to `through`, whether the viewer is in them or not.
    public func rooms(changedAfter after: Position, through: Position = .max, viewer: UserID) throws -> Set<RoomID> {
        Set(
            try transaction.map(
                """
                SELECT DISTINCT room_id FROM receipts WHERE position > \(after) AND position <= \(through)
                AND (type <> \(ReceiptStore.privateType) OR user_id = \(viewer))
                """
            ) { try $0.roomID(0) })
    }

    private func decode(_ row: Row) throws -> Receipt {
        let thread = row.text(3)
        return Receipt(
            room: try row.roomID(0), type: row.text(1), user: try row.user(2), thread: thread.isEmpty ? nil : thread, event: try row.eventID(4),
            timestamp: row.integer(5))
    }
}

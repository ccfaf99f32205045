public import Database
public import MatrixModel

/// Guests of this server in rooms.
public struct GuestStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The guests that are in a room, or in any room where that is nil, with the room's number.
    public func joined(room: Int64? = nil) throws -> [(user: UserID, room: Int64)] {
        try transaction.map(
            """
            SELECT m.user_id, m.room FROM accounts a JOIN memberships m ON m.user_id = a.user_id
            WHERE a.is_guest = 1 AND m.membership = 'join' AND (\(room) IS NULL OR m.room = \(room)) ORDER BY m.room, m.user_id
            """
        ) { (try $0.user(0), $0.int(1)) }
    }
}

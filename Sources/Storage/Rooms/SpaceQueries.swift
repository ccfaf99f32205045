public import Database

/// Questions about rooms that hold other rooms.
public struct SpaceQueries {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The `m.space.child` events of the room's current state, by number, at most `limit`.
    public func children(of room: Int64, limit: Int) throws -> [Int64] {
        // A space may have many more members than the server knows children: the slots lead.
        try transaction.map(
            """
            SELECT c.event FROM slots s CROSS JOIN current_state_log c
            WHERE s.type = 'm.space.child' AND c.room = \(room) AND c.slot = s.slot AND c.event IS NOT NULL AND c.position = (
                SELECT max(l.position) FROM current_state_log l WHERE l.room = c.room AND l.slot = c.slot)
            ORDER BY c.event LIMIT \(limit)
            """
        ) { $0.int(0) }
    }
}

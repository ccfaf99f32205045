public import Database

/// Which rooms have sticky events: few have, of the many that a person is in.
public struct StickyRoomQueries {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The rooms with sticky events that clients are told of up to a position, each with the position of the newest, by number.
    public func rooms(through end: Position, unexpiredAt now: Int) throws -> [Int64: Position] {
        var rooms: [Int64: Position] = [:]
        try transaction.forEach(
            "SELECT room, max(position) FROM sticky_events WHERE position <= \(end) AND expires > \(now) GROUP BY room"
        ) { row in
            rooms[row.int(0)] = row.int(1)
        }
        return rooms
    }
}

public import Database

/// A place in the one order of everything that syncs; gap-free and visible in order.
public typealias Position = Int64

/// The head of the journal's order.
public enum Positions {
    /// Takes the next position; the row is the last lock of a commit, so take it late.
    public static func next(_ transaction: Transaction) throws -> Position {
        try take(1, transaction)
    }

    /// Takes `count` positions in a row and gives the first.
    public static func take(_ count: Int, _ transaction: Transaction) throws -> Position {
        let row = try transaction.first("UPDATE shards SET head = head + \(Int64(count)) WHERE shard = 0 RETURNING head")
        return (row?.int(0) ?? Position(count)) - Position(count) + 1
    }

    /// The newest position that this snapshot shows.
    public static func head(_ transaction: Transaction) throws -> Position {
        try transaction.first("SELECT head FROM shards WHERE shard = 0")?.int(0) ?? 0
    }
}

public import Database

/// How far consumers of the journal have come.
public struct CursorStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The position up to which a consumer has done its work; 0 at first.
    public func position(of name: String) throws -> Position {
        try transaction.first("SELECT position FROM cursors WHERE name = \(name)")?.int(0) ?? 0
    }

    /// Moves a consumer on.
    public func move(_ name: String, to position: Position) throws {
        try transaction.execute(
            """
            INSERT INTO cursors (name, position) VALUES (\(name), \(position))
            ON CONFLICT (name) DO UPDATE SET position = max(position, excluded.position)
            """)
    }
}

public import Database

/// Events that entered timelines without a position of the journal: fetched history, until the journal's readers have seen it.
public struct HistoryQueue {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Notes an event.
    func add(_ event: Int64) throws {
        try transaction.execute("INSERT INTO history_queue (event) VALUES (\(event)) ON CONFLICT (event) DO NOTHING")
    }

    /// Events that wait, by number.
    public func events(limit: Int) throws -> [Int64] {
        try transaction.map("SELECT event FROM history_queue ORDER BY event LIMIT \(limit)") { $0.int(0) }
    }

    /// Takes an event out; false where it was taken before.
    public func remove(_ event: Int64) throws -> Bool {
        try transaction.execute("DELETE FROM history_queue WHERE event = \(event)") == 1
    }
}

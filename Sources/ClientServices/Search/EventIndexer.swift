import Database
import MatrixModel
import Storage

/// Brings the index of messages and that of times up to the journal, in steps that change nothing when they are done again.
struct EventIndexer: Sendable {
    let database: Database
    private static let cursor = "event index"

    /// Does what is left, at most that many steps.
    func catchUp(batches: Int = SearchLimits.batchesBeforeReading) async throws {
        for _ in 0..<batches {
            guard try await advance() else { return }
        }
    }

    /// Does one step; false where nothing was left to do after it.
    func advance() async throws -> Bool {
        let batch = try await database.read { try Batch.read($0) }
        guard !batch.isEmpty else { return false }
        try await database.write { try batch.apply($0) }
        return batch.isFull
    }

    /// A stretch of the journal and of the fetched history.
    private struct Batch: Sendable {
        let after: Position
        let through: Position
        let live: [Item]
        let history: [Item]

        /// Whether nothing happened.
        var isEmpty: Bool { through == after && history.isEmpty }
        /// Whether there may be more.
        var isFull: Bool { live.count >= SearchLimits.indexBatch || history.count >= SearchLimits.indexBatch }

        static func read(_ transaction: Transaction) throws -> Batch {
            let events = EventStore(transaction)
            let after = try CursorStore(transaction).position(of: cursor)
            let live = try events.journal(after: after, limit: SearchLimits.indexBatch)
            let end = try live.count < SearchLimits.indexBatch ? Positions.head(transaction) : live.last?.position
            let queued = try HistoryQueue(transaction).events(limit: SearchLimits.indexBatch)
            return Batch(
                after: after, through: max(after, end ?? after), live: live.map(Item.init),
                history: try queued.map { Item(number: $0, try events.event(number: $0)) })
        }

        func apply(_ transaction: Transaction) throws {
            let cursors = CursorStore(transaction)
            // Where another step came first, the next one begins behind it.
            if through > after, try cursors.position(of: cursor) == after {
                for item in live { try item.apply(transaction) }
                try cursors.move(cursor, to: through)
            }
            let queue = HistoryQueue(transaction)
            for item in history where try queue.remove(item.number) { try item.apply(transaction) }
        }
    }

    /// An event with what it asks for.
    private struct Item: Sendable {
        let number: Int64
        /// Nil for events that no timeline shows.
        let shown: StoredEvent?
        let step: SearchIndex.Step?

        init(_ stored: StoredEvent) {
            self.init(number: stored.number, stored)
        }

        init(number: Int64, _ stored: StoredEvent?) {
            self.number = number
            shown = stored.flatMap { $0.flags.isShown ? $0 : nil }
            step = stored.flatMap { SearchIndex.Step($0) }
        }

        func apply(_ transaction: Transaction) throws {
            if let shown { try EventTimeStore(transaction).add(shown) }
            if let step { try SearchIndex(transaction).take(step) }
        }
    }
}

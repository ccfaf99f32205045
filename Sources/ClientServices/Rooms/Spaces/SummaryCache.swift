import Database
import MatrixModel
import Storage
import Synchronization

/// Summaries of this server's rooms; one is read anew once its room has changed.
final class SummaryCache: Sendable {
    private let summaries = Mutex(TwoGenerations<Int64, (revision: Int64, summary: RoomSummary)>(limit: SpaceLimits.cachedSummaries))
    private let caches: ReadCaches

    init(caches: ReadCaches) {
        self.caches = caches
    }

    /// What the room's present state says.
    func summary(_ row: RoomRow, _ transaction: Transaction) throws -> RoomSummary {
        if let known = summaries.withLock({ $0.value(for: row.number) }), known.revision == row.revision { return known.summary }
        let summary = try RoomSummary.read(row, transaction, caches)
        summaries.withLock { $0.insert((row.revision, summary), for: row.number) }
        return summary
    }

    /// The same by identifier; nil where the room is not known here.
    func summary(_ id: RoomID, _ transaction: Transaction) throws -> RoomSummary? {
        try RoomStore(transaction).room(id).map { try summary($0, transaction) }
    }
}

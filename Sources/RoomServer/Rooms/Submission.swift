import Database
import Storage

/// A decision in the writer's queue.
struct Submission: Sendable {
    let write: PendingWrite<CommitReceipt>
    /// The reading of the context that it was decided on.
    let generation: Int
    /// The numbers of events that are in memory for its sake, to be forgotten if it fails.
    let events: [Int64]
}

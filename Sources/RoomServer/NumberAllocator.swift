import Synchronization

/// Gives events and state branches their numbers before they are stored, so that a decision can refer to what it makes.
///
/// One process writes an embedded database, so counting on from the largest number in use is enough.
final class NumberAllocator: Sendable {
    private let last: Atomic<Int64>

    /// Starts after the largest number in use.
    init(after largest: Int64) {
        last = Atomic(largest)
    }

    func next() -> Int64 {
        last.wrappingAdd(1, ordering: .relaxed).newValue
    }
}

/// Gives rising moments, so that no two rooms are made at the same one.
final class RisingClock: Sendable {
    private let last = Mutex(Int.min)

    /// The moment given, or the one after the last where that is later.
    func next(notBefore moment: Int) -> Int {
        last.withLock { last in
            last = max(moment, last == .min ? moment : last + 1)
            return last
        }
    }
}

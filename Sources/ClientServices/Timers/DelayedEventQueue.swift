import HeapModule
import Synchronization

/// When which delayed event is due, in memory.
///
/// An event has one entry at most. Moving it to a later moment leaves the entry where it is: when its turn comes, it is put back.
final class DelayedEventQueue: Sendable {
    private struct Entry: Comparable {
        let due: Int
        let number: Int64

        static func < (first: Entry, second: Entry) -> Bool { (first.due, first.number) < (second.due, second.number) }
    }

    private struct State {
        var entries = Heap<Entry>()
        /// When each event is due, and the moment of its entry.
        var events: [Int64: (due: Int, entry: Int)] = [:]
        /// Counts what makes the first moment an earlier one.
        var changes = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Has an event wait until `due`.
    func schedule(_ number: Int64, due: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if let known = state.events[number], known.entry <= due {
                state.events[number] = (due, known.entry)
                return nil
            }
            let isFirst = state.entries.min.map { due < $0.due } ?? true
            state.events[number] = (due, due)
            state.entries.insert(Entry(due: due, number: number))
            guard isFirst else { return nil }
            state.changes += 1
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Has an event wait no more.
    func remove(_ number: Int64) {
        state.withLock { $0.events[number] = nil }
    }

    /// Takes out what is due at a moment, the earliest first.
    func take(dueAt now: Int, limit: Int) -> [Int64] {
        state.withLock { state in
            var taken: [Int64] = []
            while taken.count < limit, let entry = state.entries.min, entry.due <= now {
                state.entries.removeMin()
                guard let event = state.events[entry.number], event.entry == entry.due else { continue }
                if event.due <= now {
                    state.events[entry.number] = nil
                    taken.append(entry.number)
                } else {
                    state.events[entry.number] = (event.due, event.due)
                    state.entries.insert(Entry(due: event.due, number: entry.number))
                }
            }
            return taken
        }
    }

    /// The moment to look again, nil where nothing waits; and the count to wait for changes from.
    var next: (due: Int?, changes: Int) { state.withLock { ($0.entries.min?.due, $0.changes) } }

    /// How many events wait.
    var count: Int { state.withLock { $0.events.count } }

    /// Waits until something earlier is scheduled than there was at `changes`, or the task is cancelled.
    func change(since changes: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled || state.changes != changes { return true }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}

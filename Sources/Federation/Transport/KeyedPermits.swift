import Synchronization

/// Bounds how many run at once per key; further callers wait in order, up to a bound.
final class KeyedPermits<Key: Hashable & Sendable>: Sendable {
    private struct Lane {
        var running = 0
        var waiting: [(ticket: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    }
    private struct State {
        var lanes: [Key: Lane] = [:]
        var nextTicket = 0
        var cancelled: Set<Int> = []
    }
    /// Too many wait already.
    struct Overloaded: Error {}

    private let state = Mutex(State())
    private let limit: Int
    private let maximumWaiting: Int

    init(limit: Int, maximumWaiting: Int) {
        self.limit = limit
        self.maximumWaiting = maximumWaiting
    }

    /// Runs the body once a permit is free; throws `Overloaded`, `CancellationError`, or what the body throws.
    func withPermit<Value>(
        for key: Key, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
    ) async throws -> Value {
        try await acquire(key)
        defer { release(key) }
        return try await body()
    }

    private func acquire(_ key: Key) async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(ticket) != nil { return .failure(CancellationError()) }
                    var lane = state.lanes[key] ?? Lane()
                    defer { state.lanes[key] = lane }
                    if lane.running < limit {
                        lane.running += 1
                        return .success(())
                    }
                    guard lane.waiting.count < maximumWaiting else { return .failure(Overloaded()) }
                    lane.waiting.append((ticket, continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            cancel(ticket, of: key)
        }
        state.withLock { state in _ = state.cancelled.remove(ticket) }
    }

    private func cancel(_ ticket: Int, of key: Key) {
        let continuation: CheckedContinuation<Void, any Error>? = state.withLock { state in
            guard var lane = state.lanes[key], let index = lane.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                // Not waiting yet, or running already: the mark stops the former and is dropped by the latter.
                state.cancelled.insert(ticket)
                return nil
            }
            let waiter = lane.waiting.remove(at: index)
            state.lanes[key] = lane
            return waiter.continuation
        }
        continuation?.resume(throwing: CancellationError())
    }

    private func release(_ key: Key) {
        let next: CheckedContinuation<Void, any Error>? = state.withLock { state in
            guard var lane = state.lanes[key] else { return nil }
            if !lane.waiting.isEmpty {
                // The permit passes on; `running` stays.
                let waiter = lane.waiting.removeFirst()
                state.lanes[key] = lane
                return waiter.continuation
            }
            lane.running -= 1
            state.lanes[key] = lane.running == 0 ? nil : lane
            return nil
        }
        next?.resume()
    }
}

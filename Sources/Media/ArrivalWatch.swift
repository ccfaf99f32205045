import MatrixAPI
import Synchronization

/// Wakes those who wait for content that is still to be uploaded.
final class ArrivalWatch: Sendable {
    private struct State {
        var waiting: [MediaReference: [Int: AsyncStream<Void>.Continuation]] = [:]
        var next = 0
    }

    /// One wait, begun before it is known whether it is needed, so that nothing arrives unseen in between.
    struct Wait: Sendable {
        fileprivate let stream: AsyncStream<Void>

        /// Returns when the content has arrived or the task is cancelled.
        func arrived() async {
            for await _ in stream {}
        }
    }

    private let state = Mutex(State())

    /// Begins to wait; ends with the `Wait`.
    func wait(for reference: MediaReference) -> Wait {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let number = state.withLock { state in
            state.next += 1
            state.waiting[reference, default: [:]][state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in self?.forget(reference, number) }
        return Wait(stream: stream)
    }

    /// The content has arrived.
    func arrive(_ reference: MediaReference) {
        let waiting = state.withLock { $0.waiting.removeValue(forKey: reference) } ?? [:]
        for continuation in waiting.values { continuation.finish() }
    }

    private func forget(_ reference: MediaReference, _ number: Int) {
        state.withLock { state in
            guard var waiting = state.waiting[reference] else { return }
            waiting[number] = nil
            state.waiting[reference] = waiting.isEmpty ? nil : waiting
        }
    }
}

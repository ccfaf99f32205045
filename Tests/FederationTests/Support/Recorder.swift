import Synchronization

/// Values as they come in, and a wait until enough are there.
final class Recorder<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var watchers: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    var values: [Value] { state.withLock { $0.values } }

    func record(_ value: Value) {
        let watchers = state.withLock { state in
            state.values.append(value)
            return state.watchers
        }
        for watcher in watchers { watcher.yield() }
    }

    /// The values once the condition holds.
    func values(when condition: ([Value]) -> Bool) async -> [Value] {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.watchers.append(continuation) }
        continuation.yield()
        for await _ in stream {
            let values = self.values
            if condition(values) { return values }
        }
        return values
    }
}

import Database
import Synchronization

/// A clock that moves when a test says so; sleepers wait for it.
final class VirtualClock: Sendable {
    private struct Sleeper {
        let id: Int
        let end: Int
        let wake: AsyncStream<Void>.Continuation
    }
    private struct State {
        var now = 1_800_000_000_000
        var nextID = 0
        var sleepers: [Sleeper] = []
        var watchers: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    var now: Int { state.withLock { $0.now } }

    /// A clock's environment with chance drawn from a seed.
    func environment(seed: UInt64) -> Environment {
        let generator = SeededBytes(seed: seed)
        return Environment(
            nowMilliseconds: { self.now }, monotonicMilliseconds: { self.now }, randomBytes: { generator.next($0) },
            sleep: { try await self.sleep($0) })
    }

    private func sleep(_ milliseconds: Int) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let (id, watchers) = state.withLock { state in
            state.nextID += 1
            state.sleepers.append(Sleeper(id: state.nextID, end: state.now + milliseconds, wake: continuation))
            return (state.nextID, state.watchers)
        }
        for watcher in watchers { watcher.yield() }
        for await _ in stream { break }
        state.withLock { $0.sleepers.removeAll { $0.id == id } }
        try Task.checkCancellation()
    }

    func advance(by milliseconds: Int) {
        let due = state.withLock { state in
            state.now += milliseconds
            let now = state.now
            return state.sleepers.filter { $0.end <= now }
        }
        for sleeper in due { sleeper.wake.yield() }
    }

    /// Waits until somebody sleeps for at most `limit`; gives how long the first of them still sleeps.
    func nextPause(atMost limit: Int = .max) async -> Int {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        state.withLock { $0.watchers.append(continuation) }
        continuation.yield()
        for await _ in stream {
            let pause = state.withLock { state in state.sleepers.map { $0.end - state.now }.filter { $0 > 0 && $0 <= limit }.min() }
            if let pause { return pause }
        }
        return 0
    }
}

/// Bytes that follow from a seed.
final class SeededBytes: Sendable {
    private let state: Mutex<UInt64>

    init(seed: UInt64) {
        state = Mutex(seed)
    }

    func next(_ count: Int) -> [UInt8] {
        state.withLock { state in
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            }
        }
    }
}

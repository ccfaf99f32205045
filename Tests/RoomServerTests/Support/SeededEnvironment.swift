import Database
import Synchronization

/// A sequence of numbers that a seed decides (SplitMix64).
struct SeededNumbers: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// A clock that goes on by one millisecond whenever it is read, and sleepers that wait until it passes their end or they are cancelled.
final class ManualClock: Sendable {
    private struct Sleeper {
        let id: Int
        let end: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var now = 1_700_000_000_000
        var sleepers: [Sleeper] = []
        var nextSleeper = 0
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    var now: Int {
        state.withLock { state in
            state.now += 1
            return state.now
        }
    }

    /// How many sleep.
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    func advance(_ milliseconds: Int) {
        let awake = state.withLock { state in
            state.now += milliseconds
            let awake = state.sleepers.filter { $0.end <= state.now }
            state.sleepers.removeAll { $0.end <= state.now }
            return awake
        }
        for sleeper in awake { sleeper.continuation.resume(returning: true) }
    }

    func sleep(_ milliseconds: Int) async throws {
        let id = state.withLock { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        let slept = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleepers.append(Sleeper(id: id, end: state.now + milliseconds, continuation: continuation))
                    return false
                }
                if isCancelled { continuation.resume(returning: false) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let place = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: place)
            }
            sleeper?.continuation.resume(returning: false)
        }
        guard slept else { throw CancellationError() }
    }

    /// An environment of this clock and of chance that a seed decides.
    func environment(seed: UInt64) -> Environment {
        let numbers = Mutex(SeededNumbers(seed: seed))
        return Environment(
            nowMilliseconds: { self.now }, monotonicMilliseconds: { self.now },
            randomBytes: { count in numbers.withLock { numbers in (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &numbers) } } },
            sleep: { try await self.sleep($0) })
    }
}

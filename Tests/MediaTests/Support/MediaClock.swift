import Synchronization

/// A clock that stands until it is moved.
final class MediaClock: Sendable {
    private let state = Mutex(1_800_000_000_000)

    var now: Int { state.withLock { $0 } }

    func advance(milliseconds: Int) { state.withLock { $0 += milliseconds } }
    func advance(days: Int) { advance(milliseconds: days * 86_400_000) }
}

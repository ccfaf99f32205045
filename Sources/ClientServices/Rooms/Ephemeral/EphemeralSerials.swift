import Synchronization

/// Counts changes of what lives in memory alone, typing and presence: one order for both, which is a part of each sync token.
///
/// It starts at the clock, so that it grows over restarts. A change is made while its serial is taken: whoever has read the newest serial
/// finds every change up to it.
final class EphemeralSerials: Sendable {
    private let last: Mutex<Int64>

    init(startingAt serial: Int64) { last = Mutex(serial) }

    /// The serial of the newest change.
    var newest: Int64 { last.withLock { $0 } }

    /// Makes a change under the next serial; where it gives nil nothing changed, and the serial is not used.
    func advance<Value>(_ change: (_ next: Int64) -> Value?) -> Value? {
        last.withLock { last in
            guard let value = change(last + 1) else { return nil }
            last += 1
            return value
        }
    }
}

import MatrixModel
import Synchronization

/// Events that a test makes while others read them.
final class LockedEvents: Sendable {
    private let events = Mutex<[EventID: Event]>([:])

    subscript(id: EventID) -> Event? { events.withLock { $0[id] } }

    func add(_ event: Event) { events.withLock { $0[event.id] = event } }
}

public import MatrixModel

/// A view of one state of a room: which event stands in a slot.
public protocol StateLookup {
    /// The event in that slot, or nil where it is empty.
    func event(at key: StateKey) -> Event?
}

/// A state held as a dictionary.
public struct StateEvents: StateLookup, Sendable {
    /// The event in each slot.
    public var events: [StateKey: Event]

    public init(_ events: [StateKey: Event] = [:]) { self.events = events }

    /// The state that these state events make, later ones replacing earlier ones; message events are passed over.
    public init(of events: some Sequence<Event>) {
        self.events = [:]
        for event in events {
            if let slot = event.slot { self.events[slot] = event }
        }
    }

    public func event(at key: StateKey) -> Event? { events[key] }
}

/// A state read through a closure.
public struct AuthState: StateLookup {
    private let lookup: (StateKey) -> Event?

    public init(_ lookup: @escaping (StateKey) -> Event?) { self.lookup = lookup }

    public func event(at key: StateKey) -> Event? { lookup(key) }
}

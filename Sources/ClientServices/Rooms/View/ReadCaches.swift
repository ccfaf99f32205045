import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Synchronization

/// What readers of rooms share: events in their form for clients, visibilities and slot numbers. All of it can be read anew.
final class ReadCaches: Sendable {
    /// Users who asked to be forgotten.
    let erasures: Erasures

    private let events = Mutex(TwoGenerations<Int64, ClientEvent>(limit: RoomLimits.cachedClientEvents))
    private let visibilities = Mutex(TwoGenerations<StateReference, HistoryVisibility>(limit: RoomLimits.cachedVisibilities))
    private let memberships = Mutex(TwoGenerations<MembershipPlace, Membership?>(limit: RoomLimits.cachedMemberships))
    private let slots = Mutex(TwoGenerations<StateKey, Int64>(limit: RoomLimits.cachedSlots))

    init(erasures: Erasures) { self.erasures = erasures }

    /// The event in its form for clients; made where no reader made it before.
    func clientEvent(_ stored: StoredEvent, _ transaction: Transaction) throws -> ClientEvent {
        if let known = events.withLock({ $0.value(for: stored.number) }), known.redaction == stored.redaction,
            // What was redacted since must not be told as what went before.
            try known.replaced.map({ try SyncQueries(transaction).isRedacted($0) }) != true
        {
            return known
        }
        let made = ClientEvent(stored.event, relation: try relation(of: stored, transaction), redaction: stored.redaction)
        events.withLock { $0.insert(made, for: stored.number) }
        return made
    }

    /// The events of those numbers in their form for clients, in order; read where they are not in memory.
    func clientEvents(_ numbers: [Int64], _ transaction: Transaction) throws -> [ClientEvent] {
        let redactions = try SyncQueries(transaction).redactions(of: numbers)
        var made = events.withLock { events in
            numbers.map { number in
                events.value(for: number).flatMap { known in redactions[number].map { $0 == known.redaction } == true ? known : nil }
            }
        }
        let replaced = try SyncQueries(transaction).redactions(of: made.compactMap { $0?.replaced })
        for place in made.indices { if let number = made[place]?.replaced, replaced[number] != .some(nil) { made[place] = nil } }
        let absent = made.indices.filter { made[$0] == nil }
        guard !absent.isEmpty else { return made.compactMap { $0 } }
        let read = try EventStore(transaction).events(numbers: absent.map { numbers[$0] })
        let found = Dictionary(read.map { ($0.number, $0) }, uniquingKeysWith: { $1 })
        for place in absent { made[place] = try found[numbers[place]].map { try clientEvent($0, transaction) } }
        return made.compactMap { $0 }
    }

    /// The events of one state in their form for clients, in order: what they replace is looked up at once.
    func clientEvents(ofState stored: [StoredEvent], _ transaction: Transaction) throws -> [ClientEvent] {
        let isKnown = events.withLock { events in stored.map { events.value(for: $0.number) != nil } }
        var places: [StateSelection.Place] = []
        for (event, isKnown) in zip(stored, isKnown) where !isKnown && event.redaction == nil {
            if let slot = event.slot, let before = event.before {
                places.append(StateSelection.Place(event: event.number, slot: slot, before: before))
            }
        }
        let previous = try StateSelection(transaction).previous(of: places)
        let looked = Set(places.map(\.event))
        return try stored.map { event in
            // What replaces nothing needs no more reading.
            guard looked.contains(event.number), previous[event.number] == nil else { return try clientEvent(event, transaction) }
            let made = ClientEvent(event.event, relation: .none, redaction: nil)
            events.withLock { $0.insert(made, for: event.number) }
            return made
        }
    }

    private func relation(of stored: StoredEvent, _ transaction: Transaction) throws -> ClientEvent.Relation {
        if let number = stored.redaction, let redaction = try EventStore(transaction).event(number: number) {
            return .redacted(by: ClientEvent(redaction.event, relation: .none, redaction: redaction.redaction))
        }
        guard let slot = stored.slot, let before = stored.before,
            let number = try StateStore(transaction).event(in: before, slot: slot), number != stored.number,
            let previous = try EventStore(transaction).event(number: number)
        else { return .none }
        return .replaces(previous.event, number: number)
    }

    /// The number of a slot, nil where no event ever used it.
    func slot(_ key: StateKey, _ transaction: Transaction) throws -> Int64? {
        if let known = slots.withLock({ $0.value(for: key) }) { return known }
        guard let slot = try StateStore(transaction).slot(key) else { return nil }
        slots.withLock { $0.insert(slot, for: key) }
        return slot
    }

    /// The event of a slot in a state.
    func event(_ key: StateKey, in state: StateReference, _ transaction: Transaction) throws -> Event? {
        guard let slot = try slot(key, transaction), let number = try StateStore(transaction).event(in: state, slot: slot) else { return nil }
        return try EventStore(transaction).event(number: number)?.event
    }

    /// The history visibility that a state sets.
    func visibility(in state: StateReference, _ transaction: Transaction) throws -> HistoryVisibility {
        if let known = visibilities.withLock({ $0.value(for: state) }) { return known }
        let visibility = HistoryVisibility(of: try event(.historyVisibility, in: state, transaction))
        visibilities.withLock { $0.insert(visibility, for: state) }
        return visibility
    }

    /// The membership that a state gives a user.
    func membership(of user: UserID, in state: StateReference, _ transaction: Transaction) throws -> Membership? {
        let place = MembershipPlace(user: user, state: state)
        if let known = memberships.withLock({ $0.value(for: place) }) { return known }
        let membership = try event(.member(user), in: state, transaction)?.membership
        memberships.withLock { $0.insert(membership, for: place) }
        return membership
    }

    private struct MembershipPlace: Hashable {
        let user: UserID
        let state: StateReference
    }
}

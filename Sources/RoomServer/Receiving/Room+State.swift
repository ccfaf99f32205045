import Database
import HashTreeCollections
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// The state before an event: that after its one prev event, the resolution of those after several, or what another server told.
    func stateBefore(_ arrival: Arrival, _ context: inout RoomContext, _ commit: inout RoomCommit) async throws -> Placement.After {
        if let told = arrival.toldState {
            return store(told, near: context.currentReference, context.current, &context, &commit)
        }
        var references: [StateReference] = []
        for id in arrival.event.prevEvents {
            guard let reference = try await stateAfter(id, context) else { throw ReceiveError.missingHistory("\(id)") }
            references.append(reference)
        }
        guard !references.isEmpty else {
            throw ReceiveError.missingHistory("an event without prev_events in a room that exists")
        }
        return try await resolved(references, made: nil, &context, &commit)
    }

    private func stateAfter(_ id: EventID, _ context: RoomContext) async throws -> StateReference? {
        if let extremity = context.extremities.first(where: { $0.id == id }) { return extremity.after }
        let stored = try await dependencies.database.read { try EventStore($0).event(id) }
        guard let stored, stored.room == context.number else { return nil }
        return stored.after
    }

    /// The resolution of several states, stored as a continuation of the nearest of them; `made` is one that this commit makes.
    func resolved(
        _ references: [StateReference], made: Placement.After?, _ context: inout RoomContext, _ commit: inout RoomCommit
    ) async throws -> Placement.After {
        var sets: [Placement.After] = []
        for reference in references where !sets.contains(where: { $0.reference == reference }) {
            if let made, made.reference == reference {
                sets.append(made)
            } else {
                sets.append(Placement.After(reference: reference, state: try await state(at: reference)))
            }
        }
        guard let first = sets.first else { throw StorageError.corrupt("no states to resolve") }
        if sets.dropFirst().allSatisfy({ $0.state == first.state }) { return first }
        let state = try await StateResolver(room: self, rules: context.rules).resolve(sets.map(\.state))
        if let same = sets.first(where: { $0.state == state }) { return same }
        var nearest = first
        var least = Int.max
        for candidate in sets {
            let distance = state.changes(since: candidate.state).count
            if distance < least {
                least = distance
                nearest = candidate
            }
        }
        return store(state, near: nearest.reference, nearest.state, &context, &commit)
    }

    /// Adds a state to the log, as changes of one that is there.
    private func store(
        _ state: StateMap, near base: StateReference?, _ baseState: StateMap, _ context: inout RoomContext, _ commit: inout RoomCommit
    ) -> Placement.After {
        if let base, baseState == state { return Placement.After(reference: base, state: state) }
        let changes = state.changes(since: base == nil ? StateMap() : baseState)
        let stateExtension = context.extend(base, by: changes, whole: state, branchNumbers: dependencies.branchNumbers)
        commit.stateExtensions.append(stateExtension)
        remember(state, at: stateExtension.result)
        return Placement.After(reference: stateExtension.result, state: state)
    }
}

/// Brings the numbers of the state log before the resolution algorithm, and back.
struct StateResolver {
    let room: Room
    let rules: RoomVersionRules

    /// The resolution of states of one room (room versions, "State resolution").
    func resolve(_ sets: [StateMap]) async throws -> StateMap {
        let dependencies = room.dependencies
        var slots: Set<Int64> = []
        var numbers: Set<Int64> = []
        for set in sets {
            for (slot, number) in set {
                slots.insert(slot)
                numbers.insert(number)
            }
        }
        try await dependencies.slots.loadKeys(slots.sorted())
        var pool = EventPool(numbers: try await dependencies.events.load(numbers.sorted()))
        try await pool.loadAuthChains(dependencies.events)

        let named = sets.map { set in
            var state: [StateKey: EventID] = [:]
            for (slot, number) in set {
                if let key = dependencies.slots.knownKey(slot), let event = pool.byNumber[number] { state[key] = event.id }
            }
            return state
        }
        let events = pool.byID
        let resolved = StateResolution.resolve(sets: named, rules: rules, events: { events[$0] })
        var state = StateMap()
        for (key, id) in resolved {
            if let slot = dependencies.slots.known(key), let number = pool.numbers[id] { state[slot] = number }
        }
        return state
    }
}

/// The events that one resolution reads.
private struct EventPool {
    private(set) var byNumber: [Int64: Event]
    private(set) var byID: [EventID: Event] = [:]
    private(set) var numbers: [EventID: Int64] = [:]

    init(numbers: [Int64: Event]) {
        byNumber = numbers
        for (number, event) in numbers {
            byID[event.id] = event
            self.numbers[event.id] = number
        }
    }

    /// Adds everything that authorises what is here, step by step.
    mutating func loadAuthChains(_ cache: EventCache) async throws {
        var frontier = Array(byID.values)
        while !frontier.isEmpty {
            var wanted: Set<EventID> = []
            for event in frontier {
                for id in event.authEvents where byID[id] == nil { wanted.insert(id) }
            }
            let found = try await cache.load(wanted.sorted())
            frontier = []
            for (id, entry) in found {
                byID[id] = entry.event
                byNumber[entry.number] = entry.event
                numbers[id] = entry.number
                frontier.append(entry.event)
            }
        }
    }
}

import Database
import HashTreeCollections
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// The state before an event: that after its one prev event, the resolution of those after several, or what another server told.
    func stateBefore(
        _ arrival: Arrival, _ prior: Prior, _ context: inout RoomContext, _ commit: inout RoomCommit
    ) async throws -> Placement.After {
        if let told = arrival.toldState {
            try await know(branchOf: context.currentReference, &context)
            return try await store(told, near: context.currentReference, context.current, &context, &commit)
        }
        let previous = Set(arrival.event.prevEvents)
        guard !previous.isEmpty else { throw ReceiveError.missingHistory("an event without prev_events in a room that exists") }
        if let current = context.currentReference, previous.count == context.extremities.count,
            context.extremities.allSatisfy({ previous.contains($0.id) })
        {
            return Placement.After(reference: current, state: context.current)
        }
        var references: [StateReference] = []
        for id in arrival.event.prevEvents {
            guard let reference = stateAfter(id, prior, context) else { throw ReceiveError.missingHistory("\(id)") }
            try await know(branchOf: reference, &context)
            references.append(reference)
        }
        return try await resolved(references, with: [:], &context, &commit)
    }

    private func stateAfter(_ id: EventID, _ prior: Prior, _ context: RoomContext) -> StateReference? {
        if let extremity = context.extremities.first(where: { $0.id == id }) { return extremity.after }
        guard let known = standing(of: id, prior), known.room == context.number else { return nil }
        return known.after
    }

    /// Brings the end of a state's branch into memory, so that the branch can be continued.
    private func know(branchOf reference: StateReference?, _ context: inout RoomContext) async throws {
        guard let reference, context.branches[reference.branch] == nil else { return }
        let read = try await dependencies.database.read { try StateStore($0).branch(reference.branch) }
        // Nil for a branch that is on its way; it is in the context until long after it arrived.
        if let read { context.branches[reference.branch] = RoomContext.Branch(head: read.head, depth: read.depth) }
    }

    /// The resolution of several states, stored as a continuation of the nearest of them; `pending` are events that are not stored yet.
    func resolved(
        _ references: [StateReference], with pending: [Int64: Event], _ context: inout RoomContext, _ commit: inout RoomCommit
    ) async throws -> Placement.After {
        var sets: [Placement.After] = []
        for reference in references where !sets.contains(where: { $0.reference == reference }) {
            sets.append(Placement.After(reference: reference, state: try await state(at: reference, context)))
        }
        guard let first = sets.first else { throw StorageError.corrupt("no states to resolve") }
        guard sets.count > 1 else { return first }
        let inputs = Set(sets.map(\.reference))
        if let known = resolution(of: inputs) { return Placement.After(reference: known, state: try await state(at: known, context)) }

        var slots: Set<Int64> = []
        for other in sets.dropFirst() {
            slots.formUnion(slotsBetween(first.reference, other.reference, context) ?? first.state.slotsDiffering(from: other.state))
        }
        // The search for what rests on an event asks the database, which must show what is on its way.
        try await drain()
        let resolver = StateResolver(
            dependencies: dependencies, rules: context.rules, sets: sets.map(\.state), slots: slots.sorted(), pending: pending)
        let values = try await resolver.resolve()
        let after = try await store(values, over: sets, &context, &commit)
        context.resolutions.append((inputs, after.reference))
        return after
    }

    /// Stores what states were resolved to: one of them where that is the same, else a continuation of the nearest.
    private func store(
        _ values: [StateChange], over sets: [Placement.After], _ context: inout RoomContext, _ commit: inout RoomCommit
    ) async throws -> Placement.After {
        var nearest = sets[0]
        var least: [StateChange] = values
        var isFirst = true
        for candidate in sets {
            let changes = values.filter { candidate.state[$0.slot] != $0.event }
            if isFirst || (changes.count, depth(of: candidate, context)) < (least.count, depth(of: nearest, context)) {
                nearest = candidate
                least = changes
                isFirst = false
            }
        }
        if least.isEmpty { return nearest }
        return store(nearest.state.applying(least), least, continuing: nearest.reference, &context, &commit)
    }

    private func depth(of state: Placement.After, _ context: RoomContext) -> Int {
        context.branches[state.reference.branch]?.depth ?? Limits.branchDepth
    }

    /// Adds a state to the log, as changes of one that is there.
    private func store(
        _ state: StateMap, near base: StateReference?, _ baseState: StateMap, _ context: inout RoomContext, _ commit: inout RoomCommit
    ) async throws -> Placement.After {
        if let base, baseState == state { return Placement.After(reference: base, state: state) }
        return store(state, state.changes(since: base == nil ? StateMap() : baseState), continuing: base, &context, &commit)
    }

    private func store(
        _ state: StateMap, _ changes: [StateChange], continuing base: StateReference?, _ context: inout RoomContext, _ commit: inout RoomCommit
    ) -> Placement.After {
        let stateExtension = context.extend(base, by: changes, whole: state, branchNumbers: dependencies.branchNumbers)
        commit.stateExtensions.append(stateExtension)
        return Placement.After(reference: stateExtension.result, state: state)
    }

    /// A state of this room, those that the decision in progress made included.
    private func state(at reference: StateReference, _ context: RoomContext) async throws -> StateMap {
        if let made = context.made.last(where: { $0.reference == reference }) { return made.state }
        return try await state(at: reference)
    }

    /// Makes the current state what the extremities now say, and gives the users of this server whom that concerns.
    func follow(_ placement: Placement, _ context: inout RoomContext, _ commit: inout RoomCommit) async throws -> Set<UserID> {
        let now = try await resolved(
            context.extremities.map(\.after), with: [placement.number: placement.event], &context, &commit)
        guard now.reference != context.currentReference else { return [] }
        let slots = context.currentReference.flatMap { slotsBetween($0, now.reference, context) }
        let changes = slots.map { now.state.changes(since: context.current, in: $0) } ?? now.state.changes(since: context.current)
        try await dependencies.slots.loadKeys(changes.map(\.slot))
        let members = changes.filter { dependencies.slots.knownKey($0.slot)?.type == "m.room.member" }
        let involved = members.compactMap(\.event) + members.compactMap { context.current[$0.slot] }
        var events = try await dependencies.events.load(involved)
        events[placement.number] = placement.event
        return context.become(
            now.state, at: now.reference, changes: changes, &commit, slots: dependencies.slots, events: events,
            local: dependencies.serverName)
    }
}

extension StateMap {
    /// The slots in which two states differ, found by looking at all.
    func slotsDiffering(from other: StateMap) -> Set<Int64> {
        var slots: Set<Int64> = []
        for (slot, event) in self where other[slot] != event { slots.insert(slot) }
        for slot in other.keys where self[slot] == nil { slots.insert(slot) }
        return slots
    }
}

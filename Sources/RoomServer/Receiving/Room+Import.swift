import Database
import HashTreeCollections
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// Enters a room by a join that another server accepted: its state before the join, the auth chain, and the join itself.
    ///
    /// Servers already in the room keep their history; the join then stands after a gap.
    func importJoin(
        rules: RoomVersionRules, join: Event, state: [Event], authChain: [Event]
    ) async throws -> CommitReceipt {
        let roomID = id
        let version = rules.version
        let row = try await dependencies.database.write { try RoomStore($0).make(roomID, version: version) }
        guard row.version == version else { throw MatrixError.internalError("The room is known here under version \(row.version.rawValue).") }
        invalidate()
        return try await settle(
            try await deciding { room in try await room.enter(join: join, state: state, authChain: authChain) })
    }

    private func enter(join: Event, state: [Event], authChain: [Event]) async throws -> PendingWrite<CommitReceipt> {
        guard var context = try await loaded() else { throw ReceiveError.notInRoom }
        try await addOutliers(state + authChain, context)
        let entries = try await dependencies.events.load(state.map(\.id))
        var told = StateMap()
        for event in state {
            guard let entry = entries[event.id], !entry.isRejected, let slot = event.slot.flatMap({ dependencies.slots.known($0) }) else { continue }
            told[slot] = entry.number
        }
        try await checkEntry(join, told)
        try await dependencies.slots.intern([.member(join.sender)])
        let wasParticipating = context.isParticipating
        if !wasParticipating { context.reset() }

        var commit = RoomCommit(room: context.number, expectedRevision: context.revision, current: context.currentReference)
        commit.isParticipating = true
        commit.removedExtremities = wasParticipating ? [] : context.staleExtremities
        context.isParticipating = true
        let known = try await dependencies.database.read { try EventStore($0).find(join.id) }
        if let known, !known.flags.contains(.outlier) {
            throw MatrixError.internalError("The join is here already.")
        }
        // The told state as a whole, near what is here.
        let base = context.extend(
            context.currentReference, by: told.changes(since: context.currentReference == nil ? StateMap() : context.current), whole: told,
            branchNumbers: dependencies.branchNumbers)
        commit.stateExtensions.append(base)
        let number = known?.number ?? dependencies.eventNumbers.next()
        let placement = Placement(
            number: number, event: join, slot: dependencies.slots.known(.member(join.sender)), flags: [], before: base.result,
            beforeState: told)
        guard let after = placement.after(&context, &commit, branchNumbers: dependencies.branchNumbers) else {
            throw StorageError.corrupt("room \(id) has no state")
        }
        if wasParticipating {
            context.advance(to: placement, after: after, &commit)
        } else {
            context.extremities = [.init(number: number, id: join.id, depth: join.depth, after: after.reference)]
            commit.addedExtremities = [number]
        }
        var now = after
        if context.extremities.count > 1 {
            now = try await resolved(context.extremities.map(\.after), made: after, &context, &commit)
        }
        let changes = now.state.changes(since: context.current)
        try await dependencies.slots.loadKeys(changes.map(\.slot))
        let members = changes.filter { dependencies.slots.knownKey($0.slot)?.type == "m.room.member" }
        let previous = context.current
        var involved = try await dependencies.events.load(members.compactMap(\.event) + members.compactMap { previous[$0.slot] })
        involved[number] = join
        let concerned = context.become(
            now.state, at: now.reference, changes: changes, &commit, slots: dependencies.slots, events: involved,
            local: dependencies.serverName)
        let placed = join.prevEvents
        let here = try await dependencies.database.read { transaction in
            try placed.filter { try EventStore(transaction).find($0).map { !$0.flags.contains(.outlier) } ?? false }
        }
        commit.missing = placed.filter { !here.contains($0) }.map { ($0, number) }
        let stored = NewStoredEvent(
            number: number, event: join, slot: placement.slot, flags: [], before: base.result, after: after.reference, place: .live,
            outbox: nil)
        if known == nil { commit.events.append(stored) } else { commit.promoted.append(.init(stored)) }
        dependencies.events.insert(join, number: number)
        return submit(commit, next: context, further: concerned)
    }

    private func checkEntry(_ join: Event, _ told: StateMap) async throws {
        let keys = AuthEvents.keys(for: join) + [.create, .powerLevels]
        let state = StateEvents(try await events(at: keys, in: told))
        do { try AuthRules.authorize(join, state: state) } catch {
            throw MatrixError.forbidden("The state that the other server told does not allow the join: \(error)")
        }
    }
}

extension RoomContext {
    /// Extremities of an earlier stay, which a new join replaces.
    var staleExtremities: [Int64] { extremities.map(\.number) }

    /// Forgets the room's standing from an earlier stay; the current state stays, to be compared with the new one.
    mutating func reset() {
        serverMembers = serverMembers.filter { $0.value > 0 }
    }
}

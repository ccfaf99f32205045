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
    ) async throws -> Position {
        let roomID = id
        let version = rules.version
        let row = try await dependencies.database.write { try RoomStore($0).make(roomID, version: version) }
        guard row.version == version else { throw MatrixError.internalError("The room is known here under version \(row.version.rawValue).") }
        guard let context = try await loaded() else { throw ReceiveError.notInRoom }
        try await addOutliers(state + authChain, context)
        var lastError: any Error = StorageError.revisionConflict
        for _ in 0..<Limits.decisionRetries {
            do {
                let entry = try await deciding { room in try await room.enter(join: join, state: state) }
                switch entry {
                case .isHere(let position): return position
                case .submitted(let submission): return try await settle(submission).head
                }
            } catch StorageError.revisionConflict {
                lastError = StorageError.revisionConflict
            }
        }
        throw lastError
    }

    private enum Entry {
        /// The join came by another way, and stands at that position.
        case isHere(Position)
        case submitted(Submission)
    }

    private func enter(join: Event, state: [Event]) async throws -> Entry {
        guard var context = try await loaded() else { throw ReceiveError.notInRoom }
        let prior = try await prior(of: [join])
        let known = standing(of: join.id, prior)
        if known?.isPlaced == true, context.isParticipating {
            return .isHere(try await dependencies.database.write { try Positions.head($0) })
        }
        let told = try await toldState(state)
        try await checkEntry(join, told)
        try await dependencies.slots.intern([.member(join.sender)])

        var commit = RoomCommit(room: context.number, expectedRevision: context.revision, current: context.currentReference)
        commit.isParticipating = true
        // The told state as a whole, near what is here.
        let base = context.extend(
            context.currentReference, by: told.changes(since: context.currentReference == nil ? StateMap() : context.current), whole: told,
            branchNumbers: dependencies.branchNumbers)
        commit.stateExtensions.append(base)
        let placement = Placement(
            number: known?.number ?? dependencies.eventNumbers.next(), event: join, slot: dependencies.slots.known(.member(join.sender)),
            flags: [], before: base.result, beforeState: told)
        let after = placement.after(&context, &commit, branchNumbers: dependencies.branchNumbers)
        // Extremities of an earlier stay are no part of the room as it is now.
        let replaced = context.isParticipating ? Set(join.prevEvents) : Set(context.extremities.map(\.id))
        context.isParticipating = true
        context.advance(to: placement, after: after, replacing: replaced, &commit)
        let concerned = try await follow(placement, &context, &commit)
        for previous in join.prevEvents where standing(of: previous, prior)?.isPlaced != true {
            commit.missing.append((previous, placement.number))
        }
        let stored = NewStoredEvent(
            number: placement.number, event: join, slot: placement.slot, flags: [], before: base.result, after: after.reference, place: .live,
            outbox: nil)
        if known == nil { commit.events.append(stored) } else { commit.promoted.append(.init(stored)) }
        return .submitted(try submit(commit, next: context, further: concerned))
    }

    /// The state that another server told; its events are here as outliers.
    private func toldState(_ events: [Event]) async throws -> StateMap {
        let entries = try await dependencies.events.load(events.map(\.id))
        var told = StateMap()
        for event in events {
            guard let entry = entries[event.id], !entry.isRejected, entry.event.roomID == id else { continue }
            guard let slot = event.slot.flatMap({ dependencies.slots.known($0) }) else { continue }
            guard told[slot] == nil else { throw MatrixError(502, .badState, "The other server told two states at once.") }
            told[slot] = entry.number
        }
        return told
    }

    private func checkEntry(_ join: Event, _ told: StateMap) async throws {
        let keys = AuthEvents.keys(for: join) + [.create, .powerLevels]
        let state = StateEvents(try await events(at: keys, in: told))
        do { try AuthRules.authorize(join, state: state) } catch {
            throw MatrixError.forbidden("The state that the other server told does not allow the join: \(error)")
        }
    }
}

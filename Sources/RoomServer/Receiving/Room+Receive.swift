import Database
import HashTreeCollections
import Logging
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// One event ready to be judged: everything before it is known, or the state there was asked for.
    struct Arrival: Sendable {
        let event: Event
        /// The state before it as another server told it, where events before it are missing.
        let toldState: StateMap?
        /// The prev events that are missing.
        let missing: [EventID]
    }

    /// Judges events of one transaction in order, fetching what they refer to; gives each event's outcome in the order given.
    func receive(_ events: [VerifiedEvent], from server: ServerName) async -> [Result<ReceiveOutcome, any Error>] {
        var outcomes: [Result<ReceiveOutcome, any Error>] = []
        var pending: [(index: Int, PendingWrite<CommitReceipt>)] = []
        for verified in events {
            do {
                let (outcome, writes) = try await receive(verified, from: server)
                outcomes.append(.success(outcome))
                pending += writes.map { (outcomes.count - 1, $0) }
            } catch {
                outcomes.append(.failure(error))
            }
        }
        for (index, write) in pending {
            do { _ = try await settle(write) } catch { outcomes[index] = .failure(error) }
        }
        return outcomes
    }

    private func receive(
        _ verified: VerifiedEvent, from server: ServerName
    ) async throws -> (ReceiveOutcome, [PendingWrite<CommitReceipt>]) {
        guard let context = try await loaded(), context.isParticipating else { throw ReceiveError.notInRoom }
        if try await isPlaced(verified.event.id) { return (.duplicate, []) }
        var pending: [PendingWrite<CommitReceipt>] = []
        var outcome = ReceiveOutcome.accepted
        for arrival in try await arrivals(for: verified.event, context, from: server) {
            try await fetchAuthEvents(of: arrival.event, context.rules, from: server)
            let (judged, write) = try await deciding { room in try await room.judge(arrival) }
            if let write { pending.append(write) }
            outcome = judged
        }
        return (outcome, pending)
    }

    /// Whether the event has its place in the graph already.
    func isPlaced(_ id: EventID) async throws -> Bool {
        guard let found = try await dependencies.database.read({ try EventStore($0).find(id) }) else { return false }
        return !found.flags.contains(.outlier)
    }

    // MARK: Judging

    /// The checks on receipt from step 4 on, and the commit (server-server API, "Checks performed on receipt of a PDU").
    func judge(_ arrival: Arrival) async throws -> (ReceiveOutcome, PendingWrite<CommitReceipt>?) {
        try await judge(arrival, forwarding: false)
    }

    /// The same for an event that a server gave this one to pass on to the room's others.
    func judgeAndForward(_ arrival: Arrival, from server: ServerName) async throws -> (ReceiveOutcome, PendingWrite<CommitReceipt>?) {
        try await judge(arrival, forwarding: true)
    }

    private func judge(_ arrival: Arrival, forwarding: Bool) async throws -> (ReceiveOutcome, PendingWrite<CommitReceipt>?) {
        var context = try await participating()
        let event = arrival.event
        let known = try await dependencies.database.read { try EventStore($0).find(event.id) }
        if let known, !known.flags.contains(.outlier) { return (.duplicate, nil) }

        var commit = RoomCommit(room: context.number, expectedRevision: context.revision, current: context.currentReference)
        let servers = context.serverMembers
        let before = try await stateBefore(arrival, &context, &commit)
        let verdict = try await verdict(on: event, before: before, context)
        if let own = event.slot { try await dependencies.slots.intern([own]) }

        let number = known?.number ?? dependencies.eventNumbers.next()
        let placement = Placement(
            number: number, event: event, slot: event.slot.flatMap { dependencies.slots.known($0) }, flags: verdict.flags,
            before: before.reference, beforeState: before.state)
        dependencies.events.insert(event, number: number, isRejected: verdict.flags.contains(.rejected))
        guard let after = placement.after(&context, &commit, branchNumbers: dependencies.branchNumbers) else {
            throw StorageError.corrupt("room \(id) has no state")
        }
        remember(after.state, at: after.reference)
        var concerned: Set<UserID> = []
        if verdict.flags.isEmpty {
            context.advance(to: placement, after: after, &commit)
            concerned = try await follow(after, &context, &commit, placement)
            try await applyRedactions(event, number: number, before: before.state, context, &commit)
        }
        let outbox = forwarding && verdict.flags.isEmpty ? context.outbox(for: event, before: servers, local: dependencies.serverName) : nil
        add(placement, after: after.reference, isKnown: known != nil, arrival.missing, outbox: outbox, &commit)
        return (verdict.outcome, submit(commit, next: context, further: concerned))
    }

    private func add(
        _ placement: Placement, after: StateReference, isKnown: Bool, _ missing: [EventID], outbox: [ServerName]?,
        _ commit: inout RoomCommit
    ) {
        let place: NewStoredEvent.Place = placement.flags.isEmpty ? .live : .none
        let stored = NewStoredEvent(
            number: placement.number, event: placement.event, slot: placement.slot, flags: placement.flags, before: placement.before,
            after: after, place: place, outbox: outbox)
        if isKnown { commit.promoted.append(.init(stored)) } else { commit.events.append(stored) }
        if place == .live { commit.missing += missing.map { ($0, placement.number) } }
    }

    /// What the rules say to an event.
    private struct Verdict {
        let flags: EventFlags
        let outcome: ReceiveOutcome
    }

    private func verdict(on event: Event, before: Placement.After, _ context: RoomContext) async throws -> Verdict {
        let keys = AuthEvents.keys(for: event) + [.create, .powerLevels]
        let stateBefore = StateEvents(try await events(at: keys, in: before.state))
        let authEvents = try await dependencies.events.load(event.authEvents)
        guard authEvents.count == Set(event.authEvents).count else { throw ReceiveError.missingAuthEvents }
        let create = stateBefore.event(at: .create)
        do {
            try AuthRules.checkAuthEvents(
                event, authEvents: event.authEvents.compactMap { authEvents[$0]?.event }, createEvent: create,
                isRejected: { authEvents[$0]?.isRejected ?? false })
            try AuthRules.authorize(
                event, state: StateEvents(of: event.authEvents.compactMap { authEvents[$0]?.event }), createEvent: create)
            try AuthRules.authorize(event, state: stateBefore)
        } catch {
            return Verdict(flags: .rejected, outcome: .rejected("\(error)"))
        }
        if before.reference == context.currentReference { return Verdict(flags: [], outcome: .accepted) }
        let current = StateEvents(try await events(at: keys, in: context.current))
        do { try AuthRules.authorize(event, state: current) } catch {
            dependencies.logger.info("soft-failed an event", metadata: ["event": "\(event.id)", "rule": "\(error)"])
            return Verdict(flags: .softFailed, outcome: .softFailed)
        }
        return Verdict(flags: [], outcome: .accepted)
    }

    // MARK: Effects

    /// Makes the current state what the extremities now say.
    private func follow(
        _ after: Placement.After, _ context: inout RoomContext, _ commit: inout RoomCommit, _ placement: Placement
    ) async throws -> Set<UserID> {
        var now = after
        if context.extremities.contains(where: { $0.after != after.reference }) {
            now = try await resolved(context.extremities.map(\.after), made: after, &context, &commit)
        }
        let changes = now.state.changes(since: context.current)
        try await dependencies.slots.loadKeys(changes.map(\.slot))
        let involved = changes.compactMap(\.event) + changes.compactMap { context.current[$0.slot] }
        var events = try await dependencies.events.load(involved)
        events[placement.number] = placement.event
        return context.become(
            now.state, at: now.reference, changes: changes, &commit, slots: dependencies.slots, events: events,
            local: dependencies.serverName)
    }

    /// Carries out the redaction that the event is, and those that came before the event they name.
    private func applyRedactions(
        _ event: Event, number: Int64, before: StateMap, _ context: RoomContext, _ commit: inout RoomCommit
    ) async throws {
        if let target = event.redacts, event.type == "m.room.redaction" {
            let stored = try await dependencies.database.read { try EventStore($0).event(target) }
            if let stored, stored.room == context.number {
                let levels = PowerLevels(state: StateEvents(try await events(at: [.create, .powerLevels], in: before)), rules: context.rules)
                if isAllowed(event, toRedact: stored.event, levels) { add(redactionOf: stored, by: number, &commit) }
            } else if stored == nil {
                commit.waitingRedactions.append((target, number))
            }
        }
        for waiting in try await dependencies.database.read({ try EventStore($0).redactions(waitingFor: event.id) }) {
            guard let state = waiting.before, waiting.room == context.number else { continue }
            let levels = PowerLevels(
                state: StateEvents(try await events(at: [.create, .powerLevels], in: try await self.state(at: state))), rules: context.rules)
            guard isAllowed(waiting.event, toRedact: event, levels) else { continue }
            let cutDown = Redaction.redact(event)
            commit.redactions.append(.init(target: number, json: Array(cutDown.json.rawBytes), redaction: waiting.number))
            dependencies.events.insert(cutDown, number: number)
        }
    }
}

import Database
import HashTreeCollections
import Logging
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// The checks on receipt from step 4 on, and the commit (server-server API, "Checks performed on receipt of a PDU").
    func judge(_ arrival: Arrival, _ prior: Prior) async throws -> (ReceiveOutcome, Submission?) {
        var context = try await participating()
        let event = arrival.event
        let known = standing(of: event.id, prior)
        if let known, known.isPlaced { return (.duplicate, nil) }

        var commit = RoomCommit(room: context.number, expectedRevision: context.revision, current: context.currentReference)
        let servers = context.serverMembers
        let before = try await stateBefore(arrival, prior, &context, &commit)
        let naming = naming(event.id, prior)
        let verdict = try await verdict(on: event, before: before, context, isPast: naming != nil)
        if let own = event.slot { try await dependencies.slots.intern([own]) }

        let placement = Placement(
            number: known?.number ?? dependencies.eventNumbers.next(), event: event, slot: event.slot.flatMap { dependencies.slots.known($0) },
            flags: verdict.flags, before: before.reference, beforeState: before.state)
        let after = placement.after(&context, &commit, branchNumbers: dependencies.branchNumbers)
        var concerned: Set<UserID> = []
        if verdict.flags.isEmpty {
            let replaced = try await replacedExtremities(event, prior, context)
            // What others descend from already is no end of the graph.
            if naming == nil { context.advance(to: placement, after: after, replacing: replaced, &commit) } else { context.retire(replaced, &commit) }
            concerned = try await follow(placement, &context, &commit)
            try await keepSticky(placement, serversBefore: servers, context, &commit)
            try await applyRedactions(event, number: placement.number, before: before.state, prior, &context, &commit)
        }
        let isForwarded = arrival.isForwarded && verdict.flags.isEmpty
        let outbox = isForwarded ? context.outbox(for: event, before: servers, local: dependencies.serverName) : nil
        let place: NewStoredEvent.Place = verdict.flags.isEmpty ? naming.map { .before(event: $0) } ?? .live : .none
        add(placement, after: after.reference, at: place, isKnown: known != nil, outbox: outbox, &commit)
        if verdict.flags.isEmpty {
            for missing in arrival.missing where standing(of: missing, prior)?.isPlaced != true {
                commit.missing.append((missing, placement.number))
            }
        }
        return (verdict.outcome, try submit(commit, next: context, further: concerned))
    }

    private func add(
        _ placement: Placement, after: StateReference, at place: NewStoredEvent.Place, isKnown: Bool, outbox: [ServerName]?,
        _ commit: inout RoomCommit
    ) {
        let stored = NewStoredEvent(
            number: placement.number, event: placement.event, slot: placement.slot, flags: placement.flags, before: placement.before,
            after: after, place: place, outbox: outbox)
        if isKnown { commit.promoted.append(.init(stored)) } else { commit.events.append(stored) }
    }

    /// The extremities that an event descends from, by itself or by events that were refused or soft-failed.
    private func replacedExtremities(_ event: Event, _ prior: Prior, _ context: RoomContext) async throws -> Set<EventID> {
        var replaced = Set(event.prevEvents)
        var pending = event.prevEvents.filter { id in !context.extremities.contains { $0.id == id } }
        var steps = 0
        while let id = pending.popLast(), steps < Limits.refusedSteps {
            steps += 1
            var found = standing(of: id, prior)
            if found == nil { found = try await dependencies.database.read { try EventStore($0).find(id) } }
            guard let found, !found.flags.isDisjoint(with: [.rejected, .softFailed]) else { continue }
            guard let refused = try await dependencies.events.load([found.number])[found.number] else { continue }
            for previous in refused.prevEvents where replaced.insert(previous).inserted { pending.append(previous) }
        }
        return replaced
    }

    // MARK: Verdict

    /// What the rules say to an event.
    private struct Verdict {
        let flags: EventFlags
        let outcome: ReceiveOutcome
    }

    /// `isPast`: whether events that are here already descend from it, so that the current state has no say.
    private func verdict(on event: Event, before: Placement.After, _ context: RoomContext, isPast: Bool) async throws -> Verdict {
        let keys = AuthEvents.keys(for: event) + [.create, .powerLevels]
        let stateBefore = StateEvents(try await events(at: keys, in: before.state))
        let authEvents = try await dependencies.events.load(event.authEvents)
        guard authEvents.count == Set(event.authEvents).count else { throw ReceiveError.missingAuthEvents }
        let cited = event.authEvents.compactMap { authEvents[$0]?.event }
        let create = stateBefore.event(at: .create)
        do {
            try AuthRules.checkAuthEvents(event, authEvents: cited, createEvent: create, isRejected: { authEvents[$0]?.isRejected ?? false })
            try AuthRules.authorize(event, state: StateEvents(of: cited), createEvent: create)
            try AuthRules.authorize(event, state: stateBefore)
        } catch {
            return Verdict(flags: .rejected, outcome: .rejected("\(error)"))
        }
        if isPast || before.reference == context.currentReference { return Verdict(flags: [], outcome: .accepted) }
        let current = StateEvents(try await events(at: keys, in: context.current))
        do { try AuthRules.authorize(event, state: current) } catch {
            dependencies.logger.info("soft-failed an event", metadata: ["event": "\(event.id)", "rule": "\(error)"])
            return Verdict(flags: .softFailed, outcome: .softFailed)
        }
        return Verdict(flags: [], outcome: .accepted)
    }
}

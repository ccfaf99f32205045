import Database
import HashTreeCollections
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// What a decision about a local event came to.
    private enum Decision {
        /// The current state says the same already.
        case unchanged(EventID)
        /// Another request with the same transaction was decided while this one waited for its turn.
        case repeated
        case submitted(Event, number: Int64, Submission)
    }

    /// Sends an event of a local user; answers when it is durable.
    func append(_ new: NewEvent) async throws -> CommittedEvent {
        for _ in 0..<Limits.decisionRetries {
            if let earlier = try await earlierEvent(new.transaction) { return CommittedEvent(id: earlier, event: nil, position: 0) }
            do {
                switch try await deciding({ room in try await room.decide(new) }) {
                case .unchanged(let id): return CommittedEvent(id: id, event: nil, position: 0)
                case .repeated: continue
                case .submitted(let event, let number, let submission):
                    let receipt = try await settle(submission)
                    return CommittedEvent(id: event.id, event: event, position: receipt.position(of: number) ?? receipt.head)
                }
            } catch StorageError.revisionConflict {
                continue
            } catch let error as DatabaseError where error.isUniqueViolation {
                // A request with the same transaction was answered before this process started to remember.
                guard let transaction = new.transaction else { throw error }
                let earlier = try await dependencies.database.read { try ClientTransactionStore($0).event(for: transaction) }
                guard let earlier else { throw error }
                return CommittedEvent(id: earlier, event: nil, position: 0)
            }
        }
        throw StorageError.revisionConflict
    }

    private func decide(_ new: NewEvent) async throws -> Decision {
        var context = try await participating()
        if isDecided(new.transaction) { return .repeated }
        var commit = RoomCommit(room: context.number, expectedRevision: context.revision, current: context.currentReference)
        let own = new.stateKey.map { StateKey(new.type, $0) }
        let authKeys = AuthEvents.keys(
            for: new.type, sender: new.sender, stateKey: new.stateKey, content: new.content, rules: context.rules)
        var wanted = authKeys + [.create, .powerLevels]
        if let own { wanted.append(own) }
        let before = try await stateBeforeNext(&context, &commit)
        let state = StateEvents(try await events(at: wanted, in: before.state))

        if let own, let current = state.event(at: own), current.sender == new.sender, current.content == new.content {
            return .unchanged(current.id)
        }
        let event = try await sign(new, context, auth: authKeys.compactMap { state.event(at: $0) })
        do { try AuthRules.authorize(event, state: state) } catch { throw MatrixError.forbidden("\(error)") }

        if let own { try await dependencies.slots.intern([own]) }
        let number = dependencies.eventNumbers.next()
        let placement = Placement(
            number: number, event: event, slot: own.flatMap { dependencies.slots.known($0) }, flags: [], before: before.reference,
            beforeState: before.state)
        commit.skipsGapCheck = true
        commit.clientTransaction = new.transaction
        commit.delayedEvent = new.delayedEvent
        if let redacted = event.redacts {
            let levels = PowerLevels(state: state, rules: context.rules)
            try await redact(redacted, by: event, number: number, levels: levels, &context, &commit)
        }
        let (place, concerned) = try await settleIn(placement, &context, &commit)
        commit.events.append(place)
        return .submitted(event, number: number, try submit(commit, next: context, further: concerned))
    }

    /// The state before the next event: the current one, unless there are more extremities than an event may name.
    private func stateBeforeNext(_ context: inout RoomContext, _ commit: inout RoomCommit) async throws -> Placement.After {
        let named = context.namedExtremities
        if named.count < context.extremities.count { return try await resolved(named.map(\.after), with: [:], &context, &commit) }
        guard let reference = context.currentReference else { throw StorageError.corrupt("room \(id) has no state") }
        return Placement.After(reference: reference, state: context.current)
    }

    /// Puts a locally made event at the end of the graph.
    private func settleIn(
        _ placement: Placement, _ context: inout RoomContext, _ commit: inout RoomCommit
    ) async throws -> (NewStoredEvent, Set<UserID>) {
        let servers = context.serverMembers
        let after = placement.after(&context, &commit, branchNumbers: dependencies.branchNumbers)
        context.advance(to: placement, after: after, replacing: Set(placement.event.prevEvents), &commit)
        let concerned = try await follow(placement, &context, &commit)
        try await keepSticky(placement, serversBefore: servers, context, &commit)
        let stored = NewStoredEvent(
            number: placement.number, event: placement.event, slot: placement.slot, flags: placement.flags, before: placement.before,
            after: after.reference, place: .live,
            outbox: context.outbox(for: placement.event, before: servers, local: dependencies.serverName))
        return (stored, concerned)
    }

    private func sign(_ new: NewEvent, _ context: RoomContext, auth: [Event]) async throws -> Event {
        var content = new.content
        if let redacts = new.redacts, context.rules.redactsInContent, content["redacts"] == nil {
            var members = content.value
            members["redacts"] = .string(redacts.description)
            content = JSON(members)
        }
        var draft = EventDraft(
            roomID: id, type: new.type, stateKey: new.stateKey, sender: new.sender, content: content,
            originServerTS: new.originServerTS ?? dependencies.environment.nowMilliseconds(), depth: context.nextDepth,
            prevEvents: context.namedExtremities.map(\.id), authEvents: auth.map(\.id), redacts: new.redacts)
        draft.stickyMilliseconds = new.stickyMilliseconds
        try await complete(&draft, context, auth: auth)
        return try draft.signedForSending(by: dependencies, rules: context.rules)
    }

    /// Adds what the first room versions carry: an identifier and reference hashes.
    func complete(_ draft: inout EventDraft, _ context: RoomContext, auth: [Event]) async throws {
        if context.rules.eventIDFormat == .given {
            draft.eventID = EventID("$\(dependencies.environment.randomLetters(24)):\(dependencies.serverName)")
        }
        guard context.rules.referencesCarryHashes else { return }
        let numbers = context.namedExtremities.map(\.number)
        let previous = try await dependencies.events.load(numbers)
        for event in auth + numbers.compactMap({ previous[$0] }) { draft.referenceHashes[event.id] = ReferenceHash.compute(event) }
    }
}

extension EventDraft {
    /// The signed event; throws 413 and 400 as the client API answers them.
    func signedForSending(by dependencies: Dependencies, rules: RoomVersionRules) throws(MatrixError) -> Event {
        do { return try signed(by: dependencies.serverName, with: dependencies.signingKey, rules: rules) } catch .tooLarge {
            throw MatrixError(413, .tooLarge, "The event is too large.")
        } catch .tooLong(let field) {
            throw MatrixError(413, .tooLarge, "The event's \(field.rawValue) is too long.")
        } catch {
            throw MatrixError.badJSON("\(error)")
        }
    }
}

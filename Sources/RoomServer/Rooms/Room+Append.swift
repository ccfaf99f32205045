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
        case submitted(Event, number: Int64, PendingWrite<CommitReceipt>)
    }

    /// Sends an event of a local user; answers when it is durable.
    func append(_ new: NewEvent) async throws -> CommittedEvent {
        if let earlier = try await earlierEvent(new.transaction) { return CommittedEvent(id: earlier, event: nil, position: 0) }
        var lastError: any Error = StorageError.revisionConflict
        for _ in 0..<Limits.decisionRetries {
            let decision = try await deciding { room in try await room.decide(new) }
            switch decision {
            case .unchanged(let id): return CommittedEvent(id: id, event: nil, position: 0)
            case .submitted(let event, let number, let pending):
                do {
                    let receipt = try await settle(pending)
                    return CommittedEvent(id: event.id, event: event, position: receipt.position(of: number) ?? receipt.head)
                } catch StorageError.revisionConflict {
                    lastError = StorageError.revisionConflict
                } catch let error as DatabaseError where error.isUniqueViolation {
                    // A request with the same transaction was answered before this process started to remember.
                    guard let transaction = new.transaction else { throw error }
                    let earlier = try await dependencies.database.read { try ClientTransactionStore($0).event(for: transaction) }
                    guard let earlier else { throw error }
                    return CommittedEvent(id: earlier, event: nil, position: 0)
                }
            }
        }
        throw lastError
    }

    private func decide(_ new: NewEvent) async throws -> Decision {
        var context = try await participating()
        let own = new.stateKey.map { StateKey(new.type, $0) }
        let authKeys = AuthEvents.keys(
            for: new.type, sender: new.sender, stateKey: new.stateKey, content: new.content, rules: context.rules)
        var wanted = authKeys + [.create, .powerLevels]
        if let own { wanted.append(own) }
        let state = StateEvents(try await events(at: wanted, in: context.current))

        if let own, let current = state.event(at: own), current.sender == new.sender, current.content == new.content {
            return .unchanged(current.id)
        }
        let event = try await sign(new, context, auth: authKeys.compactMap { state.event(at: $0) })
        do { try AuthRules.authorize(event, state: state) } catch { throw MatrixError.forbidden("\(error)") }

        if let own { try await dependencies.slots.intern([own]) }
        let number = dependencies.eventNumbers.next()
        let placement = Placement(
            number: number, event: event, slot: own.flatMap { dependencies.slots.known($0) }, flags: [], before: context.currentReference,
            beforeState: context.current)
        var commit = RoomCommit(room: context.number, expectedRevision: context.revision, current: context.currentReference)
        commit.skipsGapCheck = true
        commit.clientTransaction = new.transaction
        if let redacted = event.redacts {
            try await redact(redacted, by: event, number: number, levels: PowerLevels(state: state, rules: context.rules), context, &commit)
        }
        let (place, concerned) = try await settleIn(placement, &context, &commit)
        commit.events.append(place)
        dependencies.events.insert(event, number: number)
        rememberTransaction(new.transaction, event: event.id)
        return .submitted(event, number: number, submit(commit, next: context, further: concerned))
    }

    /// Puts a locally made event at the end of the graph.
    private func settleIn(
        _ placement: Placement, _ context: inout RoomContext, _ commit: inout RoomCommit
    ) async throws -> (NewStoredEvent, Set<UserID>) {
        let servers = context.serverMembers
        guard let after = placement.after(&context, &commit, branchNumbers: dependencies.branchNumbers) else {
            throw StorageError.corrupt("room \(id) has no state")
        }
        context.advance(to: placement, after: after, &commit)
        var concerned: Set<UserID> = []
        if let slot = placement.slot {
            var involved = [placement.number: placement.event]
            if placement.event.type == "m.room.member", let previous = context.current[slot] {
                involved.merge(try await dependencies.events.load([previous])) { first, _ in first }
            }
            concerned = context.become(
                after.state, at: after.reference, changes: [StateChange(slot: slot, event: placement.number)], &commit,
                slots: dependencies.slots, events: involved, local: dependencies.serverName)
        }
        let stored = NewStoredEvent(
            number: placement.number, event: placement.event, slot: placement.slot, flags: placement.flags, before: placement.before,
            after: after.reference, place: .live,
            outbox: context.outbox(for: placement.event, before: servers, local: dependencies.serverName))
        return (stored, concerned)
    }

    private func sign(_ new: NewEvent, _ context: RoomContext, auth: [Event]) async throws -> Event {
        var draft = EventDraft(
            roomID: id, type: new.type, stateKey: new.stateKey, sender: new.sender, content: new.content,
            originServerTS: new.originServerTS ?? dependencies.environment.nowMilliseconds(), depth: context.nextDepth,
            prevEvents: context.prevEvents, authEvents: auth.map(\.id), redacts: new.redacts)
        if context.rules.eventIDFormat == .given {
            draft.eventID = EventID("$\(dependencies.environment.randomLetters(24)):\(dependencies.serverName)")
        }
        if context.rules.referencesCarryHashes {
            let numbers = context.extremities.map(\.number)
            let previous = try await dependencies.events.load(numbers)
            for event in auth + numbers.compactMap({ previous[$0] }) { draft.referenceHashes[event.id] = ReferenceHash.compute(event) }
        }
        do { return try draft.signed(by: dependencies.serverName, with: dependencies.signingKey, rules: context.rules) } catch .tooLarge {
            throw MatrixError(413, .tooLarge, "The event is too large.")
        } catch {
            throw MatrixError.badJSON("\(error)")
        }
    }

    /// Checks that a local redaction may take effect and adds it to the commit (client-server API, "Redactions").
    private func redact(
        _ id: EventID, by redaction: Event, number: Int64, levels: PowerLevels, _ context: RoomContext, _ commit: inout RoomCommit
    ) async throws {
        let target = try await dependencies.database.read { try EventStore($0).event(id) }
        guard let target, target.room == context.number else { throw MatrixError.notFound("The event \(id) is not in this room.") }
        // Other servers let any user of the target's server redact; between users of this server the sender or the redact level counts.
        guard redaction.sender == target.event.sender || levels.level(of: redaction.sender) >= levels.redact else {
            throw MatrixError.forbidden("You may not redact this event: it takes power level \(levels.redact).")
        }
        add(redactionOf: target, by: number, &commit)
    }

    /// Whether a redaction takes effect (room versions, "Handling redactions").
    func isAllowed(_ redaction: Event, toRedact target: Event, _ levels: PowerLevels) -> Bool {
        // "The power level of the redaction event's sender is greater than or equal to the redact level", or
        // "The domain of the redaction event's sender matches that of the original event's sender."
        levels.level(of: redaction.sender) >= levels.redact || redaction.sender.server == target.sender.server
    }

    func add(redactionOf target: StoredEvent, by redaction: Int64, _ commit: inout RoomCommit) {
        // Create events are the root of everything; their content stays.
        guard !target.flags.contains(.redacted), target.event.type != "m.room.create" else { return }
        let cutDown = Redaction.redact(target.event)
        commit.redactions.append(.init(target: target.number, json: Array(cutDown.json.rawBytes), redaction: redaction))
        dependencies.events.insert(cutDown, number: target.number)
    }
}

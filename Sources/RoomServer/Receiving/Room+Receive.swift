import Database
import Logging
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// One event ready to be judged: everything before it is known, or the state there was asked for.
    struct Arrival: Sendable {
        let event: Event
        /// The state before it as another server told it, where events before it are missing.
        var toldState: StateMap?
        /// The prev events that are missing.
        var missing: [EventID] = []
        /// Whether this server passes it on to the room's others.
        var isForwarded = false
    }

    /// Judges events of one transaction in order, fetching what they refer to; gives each event's outcome in the order given.
    func receive(_ events: [VerifiedEvent], from server: ServerName) async -> [Result<ReceiveOutcome, any Error>] {
        var outcomes: [Result<ReceiveOutcome, any Error>] = []
        var submissions: [(index: Int, Submission)] = []
        let prior = try? await prior(of: events.map(\.event))
        for verified in events {
            do {
                let (outcome, made) = try await receive(Arrival(event: verified.event), prior, from: server)
                outcomes.append(.success(outcome))
                submissions += made.map { (outcomes.count - 1, $0) }
            } catch {
                outcomes.append(.failure(error))
            }
        }
        for (index, submission) in submissions {
            do { _ = try await settle(submission) } catch { outcomes[index] = .failure(error) }
        }
        for index in outcomes.indices {
            if case .failure(let error) = outcomes[index], isTransient(error) {
                outcomes[index] = await receiveAgain(Arrival(event: events[index].event), from: server)
            }
        }
        return outcomes
    }

    /// Whether deciding anew may help: another commit came first, or failed.
    private func isTransient(_ error: any Error) -> Bool {
        if error as? StorageError == .revisionConflict { return true }
        return (error as? DatabaseError)?.isUniqueViolation == true
    }

    private func receiveAgain(_ arrival: Arrival, from server: ServerName) async -> Result<ReceiveOutcome, any Error> {
        var last: any Error = StorageError.revisionConflict
        for _ in 0..<Limits.decisionRetries {
            do { return .success(try await receiveAndSettle(arrival, from: server)) } catch {
                last = error
                guard isTransient(error) else { break }
            }
        }
        return .failure(last)
    }

    private func receiveAndSettle(_ arrival: Arrival, from server: ServerName) async throws -> ReceiveOutcome {
        let (outcome, submissions) = try await receive(arrival, nil, from: server)
        for submission in submissions { _ = try await settle(submission) }
        return outcome
    }

    /// Judges one event and waits until it is durable, deciding anew where another commit came first.
    func receiveDurably(_ arrival: Arrival, from server: ServerName) async throws -> ReceiveOutcome {
        try await receiveAgain(arrival, from: server).get()
    }

    private func receive(
        _ arrival: Arrival, _ prior: Prior?, from server: ServerName
    ) async throws -> (ReceiveOutcome, [Submission]) {
        guard let context = try await loaded(), context.isParticipating else { throw ReceiveError.notInRoom }
        let event = arrival.event
        var known = if let prior { prior } else { try await self.prior(of: [event]) }
        if standing(of: event.id, known)?.isPlaced == true { return (.duplicate, []) }
        if missingPrevEvents(of: event, known, context).isEmpty {
            let (outcome, submission) = try await judgeAfterAuth(arrival, known, from: server)
            return (outcome, submission.map { [$0] } ?? [])
        }
        // History below what is here is backfill's: of it, only what was lacked enters, on a told state.
        let steps = naming(event.id, known) == nil ? try await fetchBetween(event, context, from: server) : []
        known = try await self.prior(of: steps + [event])
        var submissions: [Submission] = []
        var askedStates = 0
        for step in withoutHistory(steps, known) where standing(of: step.id, known)?.isPlaced != true {
            do {
                // Others are only steps to the one that was asked about.
                let ready = try await complete(Arrival(event: step), known, from: server, askedStates: &askedStates)
                if let submission = try await judgeAfterAuth(ready, known, from: server).1 { submissions.append(submission) }
            } catch {
                dependencies.logger.info("passed over an event", metadata: ["event": "\(step.id)", "reason": "\(error)"])
            }
        }
        askedStates = 0
        let ready = try await complete(arrival, known, from: server, askedStates: &askedStates)
        let (outcome, submission) = try await judgeAfterAuth(ready, known, from: server)
        return (outcome, submissions + (submission.map { [$0] } ?? []))
    }

    /// Those events that do not come before one that the graph already names.
    private func withoutHistory(_ events: [Event], _ prior: Prior) -> [Event] {
        var past: Set<EventID> = []
        for event in events.reversed() where past.contains(event.id) || naming(event.id, prior) != nil { past.formUnion(event.prevEvents) }
        return events.filter { !past.contains($0.id) }
    }

    /// Asks for the state before an event of which prev events are missing.
    private func complete(_ arrival: Arrival, _ prior: Prior, from server: ServerName, askedStates: inout Int) async throws -> Arrival {
        guard let context = try await loaded() else { throw ReceiveError.notInRoom }
        let missing = missingPrevEvents(of: arrival.event, prior, context)
        guard !missing.isEmpty else { return arrival }
        guard askedStates < Limits.toldStates else { throw ReceiveError.missingHistory("\(arrival.event.id)") }
        askedStates += 1
        var ready = arrival
        ready.missing = missing
        ready.toldState = try await fetchState(before: arrival.event, context, from: server)
        return ready
    }

    private func judgeAfterAuth(_ arrival: Arrival, _ prior: Prior, from server: ServerName) async throws -> (ReceiveOutcome, Submission?) {
        try await fetchAuthEvents(of: arrival.event, from: server)
        return try await deciding { room in try await room.judge(arrival, prior) }
    }

    /// The prev events that have no place in the graph here.
    func missingPrevEvents(of event: Event, _ prior: Prior, _ context: RoomContext) -> [EventID] {
        event.prevEvents.filter { id in
            if context.extremities.contains(where: { $0.id == id }) { return false }
            guard let found = standing(of: id, prior) else { return true }
            return !found.isPlaced || !found.hasState || found.room != context.number
        }
    }
}

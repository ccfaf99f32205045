import Database
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// Checks that a local redaction may take effect and adds it to the commit (client-server API, "Redactions").
    func redact(
        _ id: EventID, by redaction: Event, number: Int64, levels: PowerLevels, _ context: inout RoomContext, _ commit: inout RoomCommit
    ) async throws {
        let target = try await dependencies.database.read { try EventStore($0).event(id) }
        guard let target, target.room == context.number else { throw MatrixError.notFound("The event \(id) is not in this room.") }
        // Other servers let any user of the target's server redact; between users of this server the sender or the redact level counts.
        guard redaction.sender == target.event.sender || levels.level(of: redaction.sender) >= levels.redact else {
            throw MatrixError.forbidden("You may not redact this event: it takes power level \(levels.redact).")
        }
        guard !target.flags.contains(.redacted) else { return }
        context.redact(target.event, number: target.number, by: number, &commit)
    }

    /// Carries out the redaction that a received event is, and those that came before the event they name.
    func applyRedactions(
        _ event: Event, number: Int64, before: StateMap, _ prior: Prior, _ context: inout RoomContext, _ commit: inout RoomCommit
    ) async throws {
        if let target = event.redacts, event.type == "m.room.redaction" {
            try await redact(target, by: event, number: number, before: before, &context, &commit)
        }
        for waiting in redactions(waitingFor: event.id, prior) {
            guard let reference = waiting.before, waiting.event.roomID == id else { continue }
            let levels = try await powerLevels(in: try await state(at: reference), context.rules)
            guard isAllowed(waiting.event, toRedact: event, levels) else { continue }
            context.redact(event, number: number, by: waiting.number, &commit)
            break
        }
    }

    private func redact(
        _ id: EventID, by redaction: Event, number: Int64, before: StateMap, _ context: inout RoomContext, _ commit: inout RoomCommit
    ) async throws {
        // What is in flight is in memory; everything else is in the database.
        let stored = try await dependencies.database.read { try EventStore($0).event(id) }
        let target = dependencies.events.entry(id).map { ($0.number, $0.event) } ?? stored.map { ($0.number, $0.event) }
        guard let (targetNumber, event) = target else {
            commit.waitingRedactions.append((id, number))
            return
        }
        guard event.roomID == self.id, stored?.flags.contains(.redacted) != true else { return }
        let levels = try await powerLevels(in: before, context.rules)
        if isAllowed(redaction, toRedact: event, levels) { context.redact(event, number: targetNumber, by: number, &commit) }
    }

    private func powerLevels(in state: StateMap, _ rules: RoomVersionRules) async throws -> PowerLevels {
        PowerLevels(state: StateEvents(try await events(at: [.create, .powerLevels], in: state)), rules: rules)
    }

    /// Whether a redaction takes effect (room versions, "Handling redactions").
    private func isAllowed(_ redaction: Event, toRedact target: Event, _ levels: PowerLevels) -> Bool {
        // "The power level of the redaction event's sender is greater than or equal to the redact level", or
        // "The domain of the redaction event's sender matches that of the original event's sender."
        levels.level(of: redaction.sender) >= levels.redact || redaction.sender.server == target.sender.server
    }
}

extension RoomContext {
    /// Cuts an event down.
    mutating func redact(_ event: Event, number: Int64, by redaction: Int64, _ commit: inout RoomCommit) {
        // Create events are the root of everything; their content stays.
        guard event.type != "m.room.create" else { return }
        let cutDown = Redaction.redact(event)
        commit.redactions.append(.init(target: number, json: Array(cutDown.json.rawBytes), redaction: redaction))
        redacted.append((number, cutDown))
    }
}

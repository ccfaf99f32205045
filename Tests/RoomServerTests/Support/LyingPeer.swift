import MatrixModel
import RoomGraph
import RoomServer
import Synchronization

/// A peer that answers what a test wants, and counts what it is asked.
final class LyingPeer: RemoteEvents {
    struct Answers: Sendable {
        var event: @Sendable (EventID) throws -> VerifiedEvent = { _ in throw Unreachable() }
        var missing: @Sendable ([EventID]) throws -> [VerifiedEvent] = { _ in throw Unreachable() }
        var stateIDs: @Sendable (EventID) throws -> (state: [EventID], authChain: [EventID]) = { _ in throw Unreachable() }
        var state: @Sendable (EventID) throws -> (state: [VerifiedEvent], authChain: [VerifiedEvent]) = { _ in throw Unreachable() }
        var backfill: @Sendable ([EventID]) throws -> [VerifiedEvent] = { _ in throw Unreachable() }
    }

    private let answers = Mutex(Answers())
    private let counts = Mutex(0)

    func answer(_ change: (inout Answers) -> Void) { answers.withLock { change(&$0) } }

    /// How often it was asked.
    var asked: Int { counts.withLock { $0 } }

    private func current() -> Answers {
        counts.withLock { $0 += 1 }
        return answers.withLock { $0 }
    }

    func event(_ id: EventID, room: RoomID, rules: RoomVersionRules, from servers: [ServerName]) async throws -> VerifiedEvent {
        try current().event(id)
    }

    func missingEvents(
        room: RoomID, rules: RoomVersionRules, latest: [EventID], earliest: [EventID], limit: Int, minimumDepth: Int, from server: ServerName
    ) async throws -> [VerifiedEvent] { try current().missing(latest) }

    func stateIDs(room: RoomID, at event: EventID, from server: ServerName) async throws -> (state: [EventID], authChain: [EventID]) {
        try current().stateIDs(event)
    }

    func state(
        room: RoomID, rules: RoomVersionRules, at event: EventID, from server: ServerName
    ) async throws -> (state: [VerifiedEvent], authChain: [VerifiedEvent]) { try current().state(event) }

    func backfill(
        room: RoomID, rules: RoomVersionRules, from events: [EventID], limit: Int, servers: [ServerName]
    ) async throws -> [VerifiedEvent] { try current().backfill(events) }
}

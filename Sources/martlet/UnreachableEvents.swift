import MatrixModel
import RoomGraph
import RoomServer

/// The events of other servers where federation is off: there are none.
struct UnreachableEvents: RemoteEvents {
    private var refusal: MatrixError { .notFound("Federation is off.") }

    func event(_ id: EventID, room: RoomID, rules: RoomVersionRules, from servers: [ServerName]) async throws -> VerifiedEvent {
        throw refusal
    }

    func missingEvents(
        room: RoomID, rules: RoomVersionRules, latest: [EventID], earliest: [EventID], limit: Int, minimumDepth: Int, from server: ServerName
    ) async throws -> [VerifiedEvent] {
        throw refusal
    }

    func stateIDs(room: RoomID, at event: EventID, from server: ServerName) async throws -> (state: [EventID], authChain: [EventID]) {
        throw refusal
    }

    func state(
        room: RoomID, rules: RoomVersionRules, at event: EventID, from server: ServerName
    ) async throws -> (state: [VerifiedEvent], authChain: [VerifiedEvent]) {
        throw refusal
    }

    func backfill(
        room: RoomID, rules: RoomVersionRules, from events: [EventID], limit: Int, servers: [ServerName]
    ) async throws -> [VerifiedEvent] {
        throw refusal
    }
}

public import MatrixModel
public import RoomGraph

/// What a room asks of other servers; the Federation target answers it.
public protocol RemoteEvents: Sendable {
    /// One event, from the first of the servers that has it (`GET /event/{eventId}`).
    func event(_ id: EventID, room: RoomID, rules: RoomVersionRules, from servers: [ServerName]) async throws -> VerifiedEvent

    /// Events between known and new ones (`POST /get_missing_events`), oldest first.
    func missingEvents(
        room: RoomID, rules: RoomVersionRules, latest: [EventID], earliest: [EventID], limit: Int, minimumDepth: Int, from server: ServerName
    ) async throws -> [VerifiedEvent]

    /// The identifiers of the state before an event and of its auth chain (`GET /state_ids`).
    func stateIDs(room: RoomID, at event: EventID, from server: ServerName) async throws -> (state: [EventID], authChain: [EventID])

    /// The state before an event and its auth chain (`GET /state`).
    func state(
        room: RoomID, rules: RoomVersionRules, at event: EventID, from server: ServerName
    ) async throws -> (state: [VerifiedEvent], authChain: [VerifiedEvent])

    /// Events before the given ones (`GET /backfill`), in no certain order.
    func backfill(
        room: RoomID, rules: RoomVersionRules, from events: [EventID], limit: Int, servers: [ServerName]
    ) async throws -> [VerifiedEvent]
}

public import MatrixModel
public import RoomGraph
public import RoomServer

/// Fetches what rooms lack from other servers.
public struct RemoteEventsClient: RemoteEvents {
    private let client: FederationClient
    private let verifier: EventVerifier
    /// Servers asked for one thing.
    private static let maximumServers = 5
    /// Most identifiers in one answer of `state_ids`.
    private static let maximumIdentifiers = 1_000_000

    public init(client: FederationClient, verifier: EventVerifier) {
        self.client = client
        self.verifier = verifier
    }

    public func event(_ id: EventID, room: RoomID, rules: RoomVersionRules, from servers: [ServerName]) async throws -> VerifiedEvent {
        try await firstAnswer(of: servers) { (server) async throws(FederationError) -> VerifiedEvent in
            let json = try await client.get(RequestTarget("/_matrix/federation/v1/event", id), from: server)
            guard let pdu = json["pdus"]?[0] else { throw .malformed(server, "no event") }
            do {
                let verified = try await verifier.verified(pdu, room: room, rules: rules)
                guard verified.event.id == id else { throw FederationError.malformed(server, "another event than \(id)") }
                return verified
            } catch let error as FederationError {
                throw error
            } catch {
                throw .malformed(server, "\(error)")
            }
        }
    }

    public func missingEvents(
        room: RoomID, rules: RoomVersionRules, latest: [EventID], earliest: [EventID], limit: Int, minimumDepth: Int, from server: ServerName
    ) async throws -> [VerifiedEvent] {
        let body: JSONValue = [
            "earliest_events": .array(earliest.map { .string($0.description) }),
            "latest_events": .array(latest.map { .string($0.description) }),
            "limit": .integer(limit), "min_depth": .integer(minimumDepth),
        ]
        let json = try await client.post(RequestTarget("/_matrix/federation/v1/get_missing_events", room), body, to: server)
        guard let events = json["events"], events.isArray else { throw FederationError.malformed(server, "no events") }
        let verified = await verifier.verified(events.elements.prefix(limit), room: room, rules: rules)
        return verified.sorted { ($0.event.depth, $0.event.id) < ($1.event.depth, $1.event.id) }
    }

    public func stateIDs(room: RoomID, at event: EventID, from server: ServerName) async throws -> (state: [EventID], authChain: [EventID]) {
        let target = RequestTarget("/_matrix/federation/v1/state_ids", room).query("event_id", event)
        let json = try await client.get(target, from: server, size: .room)
        return (
            try RemoteEventsClient.identifiers(json["pdu_ids"], of: server), try RemoteEventsClient.identifiers(json["auth_chain_ids"], of: server)
        )
    }

    private static func identifiers(_ json: JSON?, of server: ServerName) throws(FederationError) -> [EventID] {
        guard let json, json.isArray, json.count <= maximumIdentifiers else { throw .malformed(server, "no event identifiers") }
        var identifiers: [EventID] = []
        identifiers.reserveCapacity(json.count)
        for element in json.elements {
            guard let id = element.string.flatMap({ EventID($0) }) else { throw .malformed(server, "an event identifier is malformed") }
            identifiers.append(id)
        }
        return identifiers
    }

    public func state(
        room: RoomID, rules: RoomVersionRules, at event: EventID, from server: ServerName
    ) async throws -> (state: [VerifiedEvent], authChain: [VerifiedEvent]) {
        let target = RequestTarget("/_matrix/federation/v1/state", room).query("event_id", event)
        let json = try await client.get(target, from: server, size: .room)
        guard let state = json["pdus"], state.isArray, let chain = json["auth_chain"], chain.isArray else {
            throw FederationError.malformed(server, "no state")
        }
        let (events, rest) = await verifier.verified(state.elements, then: chain.elements, room: room, rules: rules)
        return (events, rest)
    }

    public func backfill(
        room: RoomID, rules: RoomVersionRules, from events: [EventID], limit: Int, servers: [ServerName]
    ) async throws -> [VerifiedEvent] {
        var target = RequestTarget("/_matrix/federation/v1/backfill", room).query("limit", limit)
        for event in events { target = target.query("v", event) }
        let finished = target
        return try await firstAnswer(of: servers) { (server) async throws(FederationError) -> [VerifiedEvent] in
            let json = try await client.get(finished, from: server)
            guard let pdus = json["pdus"], pdus.isArray else { throw .malformed(server, "no events") }
            // Some servers count the events to start from in the limit, some do not.
            let verified = await verifier.verified(pdus.elements.prefix(limit + events.count), room: room, rules: rules)
            guard !verified.isEmpty || pdus.count == 0 else { throw .malformed(server, "no event of the answer is valid") }
            return verified
        }
    }

    /// The answer of the first server that gives one; those known to fail are asked last.
    private func firstAnswer<Value>(
        of servers: [ServerName], _ ask: (ServerName) async throws(FederationError) -> Value
    ) async throws -> Value {
        var failure = FederationError.noServer
        for server in client.health.ordered(servers.filter { $0 != client.serverName }).prefix(RemoteEventsClient.maximumServers) {
            try Task.checkCancellation()
            do throws(FederationError) { return try await ask(server) } catch { failure = error }
        }
        throw failure
    }
}

public import MatrixAPI
public import MatrixModel

/// What users of this server want to know of other servers: aliases, profiles, room directories.
public struct RemoteQueries: Sendable {
    private let client: FederationClient
    /// Most servers taken from one answer.
    private static let maximumServers = 1_000

    public init(client: FederationClient) {
        self.client = client
    }

    /// The room behind an alias and servers that are in it; nil where there is none of that name.
    public func resolve(_ alias: RoomAlias) async throws(FederationError) -> (room: RoomID, servers: [ServerName])? {
        let target = RequestTarget("/_matrix/federation/v1/query/directory").query("room_alias", alias)
        guard let json = try await answer(target, of: alias.server) else { return nil }
        guard let room = json["room_id"]?.string.flatMap({ RoomID($0) }) else { throw .malformed(alias.server, "no room") }
        let named = json["servers"]?.elements.prefix(RemoteQueries.maximumServers).compactMap { $0.string.flatMap { ServerName($0) } } ?? []
        // The server that has the alias most likely is in the room, whether it says so or not.
        return (room, named.contains(alias.server) ? named : named + [alias.server])
    }

    /// A user's profile, or one field of it; nil where there is none.
    public func profile(of user: UserID, field: String? = nil) async throws(FederationError) -> JSON? {
        var target = RequestTarget("/_matrix/federation/v1/query/profile").query("user_id", user)
        if let field { target = target.query("field", field) }
        guard let json = try await answer(target, of: user.server) else { return nil }
        guard json.isObject else { throw .malformed(user.server, "no profile") }
        return json
    }

    /// A page of a server's room directory, as it stands in its answer.
    public func publicRooms(of server: ServerName, _ query: PeerPublicRoomsQuery) async throws(FederationError) -> JSON {
        let json = try await client.post(RequestTarget("/_matrix/federation/v1/publicRooms"), query.body, to: server)
        guard json["chunk"]?.isArray == true else { throw .malformed(server, "no rooms") }
        return json
    }

    /// A room and its children, as the first of the servers that knows the room tells it; nil where none does.
    public func hierarchy(of room: RoomID, suggestedOnly: Bool, via servers: [ServerName]) async throws(FederationError) -> JSON? {
        var failure: FederationError?
        let target = RequestTarget("/_matrix/federation/v1/hierarchy", room).query("suggested_only", suggestedOnly)
        for server in client.health.ordered(servers.filter { $0 != client.serverName }) {
            if Task.isCancelled { break }
            do throws(FederationError) {
                // A summary is small and soon, as keys are, or not at all.
                let json = try await client.get(target, from: server, size: .keys)
                guard json["room"]?["room_id"]?.string == room.description else { throw .malformed(server, "another room") }
                return json
            } catch {
                if case .refused(_, let refusal) = error, refusal.status == 404 || refusal.status == 403 { continue }
                failure = error
            }
        }
        if let failure { throw failure }
        return nil
    }

    /// The event that a server holds to be nearest to a moment; nil where it has none.
    public func event(near query: TimestampQuery, in room: RoomID, of server: ServerName) async throws(FederationError) -> TimestampedEvent? {
        let target = RequestTarget("/_matrix/federation/v1/timestamp_to_event", room)
            .query("ts", query.timestamp).query("dir", query.direction.rawValue)
        let json: JSON
        do throws(FederationError) { json = try await client.get(target, from: server, size: .keys) } catch {
            if case .refused(_, let refusal) = error, refusal.status == 404 { return nil }
            throw error
        }
        guard let id = json["event_id"]?.string.flatMap({ EventID($0) }), let timestamp = json["origin_server_ts"]?.integer else {
            throw .malformed(server, "no event")
        }
        return TimestampedEvent(eventID: id, originServerTS: timestamp)
    }

    /// The devices of another server's user.
    public func devices(of user: UserID) async throws(FederationError) -> JSON {
        try await client.get(RequestTarget("/_matrix/federation/v1/user/devices", user), from: user.server)
    }

    /// Device and cross-signing keys of another server's users; `body` as `POST …/user/keys/query` has it.
    public func keys(_ body: JSONValue, of server: ServerName) async throws(FederationError) -> JSON {
        try await client.post(RequestTarget("/_matrix/federation/v1/user/keys/query"), body, to: server)
    }

    /// One-time keys of another server's users; `body` as `POST …/user/keys/claim` has it.
    public func claimKeys(_ body: JSONValue, of server: ServerName) async throws(FederationError) -> JSON {
        try await client.post(RequestTarget("/_matrix/federation/v1/user/keys/claim"), body, to: server)
    }

    private func answer(_ target: RequestTarget, of server: ServerName) async throws(FederationError) -> JSON? {
        do {
            return try await client.get(target, from: server)
        } catch {
            if case .refused(_, let refusal) = error, refusal.status == 404 { return nil }
            throw error
        }
    }
}

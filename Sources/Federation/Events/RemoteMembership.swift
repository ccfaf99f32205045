public import Database
public import MatrixModel
public import RoomGraph

/// Joins, leaves, knocks and invites that need another server ("Joining Rooms", "Leaving Rooms", "Knocking upon a room", "Inviting to a room").
public struct RemoteMembership: Sendable {
    private let client: FederationClient
    private let verifier: EventVerifier
    private let environment: Environment
    /// Servers tried for one change.
    private static let maximumServers = 10

    public init(client: FederationClient, verifier: EventVerifier, environment: Environment) {
        self.client = client
        self.verifier = verifier
        self.environment = environment
    }

    /// A join that a resident server accepted, with the room as it was just before.
    public struct Join: Sendable {
        public let rules: RoomVersionRules
        public let event: VerifiedEvent
        public let state: [VerifiedEvent]
        /// What the auth chains of state and join have beyond the state.
        public let authChain: [VerifiedEvent]
        public let via: ServerName
    }

    /// Joins through the first server that can let the user in. `content`: members beside `membership`, such as `displayname` and `reason`.
    public func join(_ user: UserID, room: RoomID, via servers: [ServerName], content: JSONValue) async throws(FederationError) -> Join {
        try await firstSuccess(of: servers) { (server) async throws(FederationError) -> Join in
            let (event, template) = try await make("make_join", .join, user, room, server, content)
            let answer = try await client.put(
                RequestTarget("/_matrix/federation/v2/send_join", room, event.id), event.json.value, to: server, size: .room)
            return try await read(answer, join: event, rules: template.rules, room: room, from: server)
        }
    }

    private func read(
        _ answer: JSON, join: Event, rules: RoomVersionRules, room: RoomID, from server: ServerName
    ) async throws(FederationError) -> Join {
        guard let stateJSON = answer["state"], stateJSON.isArray, let chainJSON = answer["auth_chain"], chainJSON.isArray else {
            throw .malformed(server, "no state")
        }
        guard answer["members_omitted"]?.bool != true else { throw .malformed(server, "members are missing") }
        let (state, authChain) = await verifier.verified(stateJSON.elements, then: chainJSON.elements, room: room, rules: rules)
        guard let create = (state + authChain).first(where: { $0.event.slot == .create })?.event else {
            throw .malformed(server, "no create event")
        }
        guard (create.content["room_version"]?.string ?? "1") == rules.version.rawValue else {
            throw .malformed(server, "the create event is of another room version")
        }
        return Join(
            rules: rules, event: try await accepted(answer["event"], join: join, from: server), state: state, authChain: authChain, via: server)
    }

    /// The join as the resident server sends it on: with its signature where it vouched for it ("restricted rooms").
    private func accepted(_ json: JSON?, join: Event, from server: ServerName) async throws(FederationError) -> VerifiedEvent {
        let isVouchedFor = join.content["join_authorised_via_users_server"] != nil && join.rules.allowsRestrictedJoins
        guard isVouchedFor else { return .trusted(join) }
        guard let json else { throw .malformed(server, "no counter-signed join") }
        do {
            let verified = try await verifier.verified(json, room: join.roomID, rules: join.rules)
            guard verified.event.id == join.id, !verified.isCutDown else { throw FederationError.malformed(server, "another join than the one sent") }
            return verified
        } catch let error as FederationError {
            throw error
        } catch {
            throw .malformed(server, "\(error)")
        }
    }

    /// Leaves a room in which this server has no other way to act, or rejects an invite. Gives the leave event.
    public func leave(_ user: UserID, room: RoomID, via servers: [ServerName], content: JSONValue) async throws(FederationError) -> VerifiedEvent {
        try await firstSuccess(of: servers) { (server) async throws(FederationError) -> VerifiedEvent in
            let (event, _) = try await make("make_leave", .leave, user, room, server, content)
            _ = try await client.put(RequestTarget("/_matrix/federation/v2/send_leave", room, event.id), event.json.value, to: server)
            return .trusted(event)
        }
    }

    /// Knocks on a room. Gives the knock event and the stripped state that describes the room.
    public func knock(
        _ user: UserID, room: RoomID, via servers: [ServerName], content: JSONValue
    ) async throws(FederationError) -> (event: VerifiedEvent, strippedState: [JSONValue]) {
        try await firstSuccess(of: servers) { (server) async throws(FederationError) -> (event: VerifiedEvent, strippedState: [JSONValue]) in
            let (event, _) = try await make("make_knock", .knock, user, room, server, content)
            let answer = try await client.put(
                RequestTarget("/_matrix/federation/v1/send_knock", room, event.id), event.json.value, to: server)
            return (.trusted(event), StrippedState.read(answer["knock_room_state"]))
        }
    }

    /// Asks the invited user's server to take an invite. Gives the event with that server's signature added.
    public func invite(_ event: Event, roomState: [JSONValue]) async throws(FederationError) -> Event {
        guard let invited = event.stateKey.flatMap({ UserID($0) })?.server else { throw .noServer }
        let answer: JSON
        do {
            let body: JSONValue = [
                "room_version": .string(event.rules.version.rawValue), "event": event.json.value, "invite_room_state": .array(roomState),
            ]
            answer = try await client.put(RequestTarget("/_matrix/federation/v2/invite", event.roomID, event.id), body, to: invited)
        } catch {
            // "Senders which receive a 400 or 404 response to this endpoint should retry using the v1 API … if the room version is 1 or 2."
            guard case .refused(_, let refusal) = error, refusal.status == 400 || refusal.status == 404, event.rules.eventIDFormat == .given else {
                throw error
            }
            var body = event.json.value
            body["unsigned"] = ["invite_room_state": .array(roomState)]
            let older = try await client.put(RequestTarget("/_matrix/federation/v1/invite", event.roomID, event.id), body, to: invited)
            guard let second = older[1] else { throw .malformed(invited, "no event") }
            answer = second
        }
        guard let signed = answer["event"] else { throw .malformed(invited, "no event") }
        return try await countersigned(event, signed, by: invited)
    }

    /// This server's event with the other's signatures, as far as they are valid: nothing else is taken from the answer.
    private func countersigned(_ event: Event, _ answer: JSON, by invited: ServerName) async throws(FederationError) -> Event {
        guard let returned = try? PDU.parse(answer, rules: event.rules), returned.id == event.id else {
            throw .malformed(invited, "another event than the invite")
        }
        let needs = EventSignatures.keyIDs(in: returned, of: invited).prefix(8).map {
            KeyNeed(server: invited, keyID: $0, validAt: event.rules.enforcesKeyValidity ? event.originServerTS : nil)
        }
        let ring = await verifier.ring(for: needs)
        var result = event
        for need in needs {
            guard let key = ring.key(of: invited, need.keyID, validAt: need.validAt),
                EventSignatures.verify(event: returned, server: invited, keyID: need.keyID, key: key),
                let signature = returned.json["signatures"]?[invited.description]?[need.keyID]?.string.flatMap({ Base64.decode($0) })
            else { continue }
            result = EventSignatures.add(to: result, by: invited, keyID: need.keyID, signature: signature)
        }
        return result
    }

    /// Asks for a template, completes and signs it.
    private func make(
        _ endpoint: String, _ membership: Membership, _ user: UserID, _ room: RoomID, _ server: ServerName, _ content: JSONValue
    ) async throws(FederationError) -> (event: Event, template: MembershipTemplate) {
        var target = RequestTarget("/_matrix/federation/v1", endpoint, room, user)
        for version in RoomVersion.allCases where membership != .leave { target = target.query("ver", version.rawValue) }
        let template = try MembershipTemplate(
            try await client.get(target, from: server), room: room, user: user, membership: membership, from: server)
        var members = content
        members["membership"] = .string(membership.rawValue)
        members["join_authorised_via_users_server"] = template.event["content"]?["join_authorised_via_users_server"]?.value
        var draft = EventDraft(
            roomID: room, type: "m.room.member", stateKey: user.description, sender: user, content: members,
            originServerTS: environment.nowMilliseconds(), depth: template.depth, prevEvents: template.prevEvents,
            authEvents: template.authEvents, eventID: EventID("$\(environment.randomToken(bytes: 18)):\(client.serverName)"))
        draft.referenceHashes = template.referenceHashes
        do {
            return (try draft.signed(by: client.serverName, with: client.signingKey, rules: template.rules), template)
        } catch {
            throw .malformed(server, "the template makes no valid event: \(error)")
        }
    }

    /// The first server that does it; the last refusal that says something about the user, else the last failure.
    private func firstSuccess<Value>(
        of servers: [ServerName], _ attempt: (ServerName) async throws(FederationError) -> Value
    ) async throws(FederationError) -> Value {
        var failure = FederationError.noServer
        var refusal: FederationError?
        for server in client.health.ordered(servers.filter { $0 != client.serverName }).prefix(RemoteMembership.maximumServers) {
            guard !Task.isCancelled else { break }
            do throws(FederationError) {
                return try await attempt(server)
            } catch {
                failure = error
                if case .refused(_, let answer) = error, (400..<500).contains(answer.status) { refusal = error }
                guard error.isWorthAnotherServer else { throw error }
            }
        }
        throw refusal ?? failure
    }
}

public import Database
public import MatrixAPI
public import MatrixModel
import RoomGraph
public import RoomServer
import Storage

/// What this server answers to others.
public struct FederationRoutes: Sendable {
    private let own: OwnKeys
    private let keys: ServerKeys
    private let receiver: FederationReceiver
    private let rooms: RoomServer
    private let resident: ResidentServer
    private let invites: InviteReceiver
    private let ports: FederationPorts
    private let environment: Environment
    private let software: (name: String, version: String)
    private let delegate: ServerName?

    /// `delegate`: what `/.well-known/matrix/server` names; not served where nil.
    public init(
        own: OwnKeys, keys: ServerKeys, verifier: EventVerifier, receiver: FederationReceiver, rooms: RoomServer, ports: FederationPorts,
        environment: Environment, software: (name: String, version: String), delegate: ServerName? = nil
    ) {
        self.own = own
        self.keys = keys
        self.receiver = receiver
        self.rooms = rooms
        self.ports = ports
        self.environment = environment
        self.software = software
        self.delegate = delegate
        resident = ResidentServer(rooms: rooms, verifier: verifier, own: own)
        invites = InviteReceiver(rooms: rooms, verifier: verifier, own: own, ports: ports)
    }

    /// All routes of the server-server API that are served.
    public var routes: RouteTable {
        var table = RouteTable()
        bindOpen(&table)
        bindEvents(&table)
        bindMembership(&table)
        bindQueries(&table)
        return table
    }

    private func bindOpen(_ table: inout RouteTable) {
        table.on(GetVersion.self) { _, _ in GetVersion.Response(name: software.name, version: software.version) }
        table.on(GetServerKeys.self) { _, _ in JSONResponse(own.document(now: environment.nowMilliseconds())) }
        table.on(GetKeysOfServer.self) { _, request in
            let document = await keys.notarized(request.server, minimumValidUntil: request.minimumValidUntil)
            return NotaryResponse(documents: document.map { [$0] } ?? [])
        }
        table.on(QueryServerKeys.self) { _, request in NotaryResponse(documents: await documents(request.criteria)) }
        table.on(GetOpenIDUserInfo.self) { _, request in
            guard let user = try await ports.openIDUser(request.accessToken) else {
                throw MatrixError(401, .unknownToken, "The token is unknown or has expired.")
            }
            return GetOpenIDUserInfo.Response(userID: user)
        }
        if let delegate { table.on(GetServerWellKnown.self) { _, _ in GetServerWellKnown.Response(delegate: delegate) } }
    }

    private func documents(_ criteria: [QueryServerKeys.Criteria]) async -> [JSONValue] {
        await withTaskGroup(of: (Int, JSONValue?).self) { group in
            for (index, criterion) in criteria.enumerated() {
                group.addTask { (index, await keys.notarized(criterion.server, minimumValidUntil: criterion.minimumValidUntil)) }
            }
            var found: [(Int, JSONValue)] = []
            for await (index, document) in group {
                if let document { found.append((index, document)) }
            }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func bindEvents(_ table: inout RouteTable) {
        table.on(SendTransaction.self) { peer, request in try await receiver.receive(request, from: peer.origin) }
        table.on(PeerEvent.self) { peer, request in
            guard let event = try await rooms.event(request.eventID, for: peer.origin) else {
                throw MatrixError.notFound("The event is not known here.")
            }
            return answer([("pdus", [event])])
        }
        table.on(PeerEventAuth.self) { peer, request in
            answer([("auth_chain", try await rooms.authChain(of: request.eventID, in: request.roomID, for: peer.origin))], isBare: true)
        }
        table.on(PeerRoomState.self) { peer, request in
            let (state, chain) = try await rooms.state(at: request.eventID, in: request.roomID, for: peer.origin)
            return answer([("auth_chain", chain), ("pdus", state)], isBare: true)
        }
        table.on(PeerRoomStateIDs.self) { peer, request in
            let (state, chain) = try await rooms.stateIDs(at: request.eventID, in: request.roomID, for: peer.origin)
            return PeerRoomStateIDs.Response(state: state, authChain: chain)
        }
        table.on(BackfillRoom.self) { peer, request in
            let events = try await rooms.backfill(room: request.roomID, from: request.eventIDs, limit: max(request.limit, 0), for: peer.origin)
            return answer([("pdus", events)])
        }
        table.on(GetMissingEvents.self) { peer, request in
            let events = try await rooms.missingEvents(
                room: request.roomID, latest: request.latest, earliest: request.earliest, limit: max(request.limit, 0),
                minimumDepth: request.minimumDepth, for: peer.origin)
            return answer([("events", events)], isBare: true)
        }
    }

    /// Lists of events by name, with origin and time unless `isBare`.
    private func answer(_ lists: [(String, [Event])], isBare: Bool = false) -> FragmentResponse {
        var members: [(String, JSONFragment)] = []
        if !isBare {
            members.append(("origin", .string(own.serverName.description)))
            members.append(("origin_server_ts", .integer(environment.nowMilliseconds())))
        }
        for (name, events) in lists { members.append((name, .array(events.map { .encoded(Array($0.json.rawBytes)) }))) }
        return FragmentResponse(.object(members))
    }

    private func bindMembership(_ table: inout RouteTable) {
        table.on(MakeJoin.self) { peer, request in try await resident.template(request, .join, for: peer.origin) }
        table.on(MakeLeave.self) { peer, request in try await resident.template(request, .leave, for: peer.origin) }
        table.on(MakeKnock.self) { peer, request in try await resident.template(request, .knock, for: peer.origin) }
        table.on(SendJoin.self) { peer, request in try await resident.join(request, from: peer.origin) }
        table.on(SendLeave.self) { peer, request in try await resident.leave(request, from: peer.origin) }
        table.on(SendKnock.self) { peer, request in try await resident.knock(request, from: peer.origin) }
        table.on(PeerInvite.self) { peer, request in
            let state = JSON(.array(request.inviteRoomState.map(\.value)))
            return PeerInvite.Response(
                event: try await invites.receive(
                    request.event, id: request.eventID, room: request.roomID, version: request.roomVersion, roomState: state,
                    from: peer.origin))
        }
        table.on(ExchangeThirdPartyInvite.self) { peer, request in
            try await ports.exchangeThirdPartyInvite(request, peer.origin)
            return EmptyResponse()
        }
        table.on(BindThirdPartyIdentifier.self) { _, request in
            try await ports.bindThirdParty(request)
            return EmptyResponse()
        }
        table.on(PostThirdPartyIdentifier.self) { _, request in
            try await ports.bindThirdParty(request)
            return EmptyResponse()
        }
        table.on(PeerInviteV1.self) { peer, request in
            // The older form is for the versions whose events name themselves, and these two do not differ for an invite.
            PeerInviteV1.Response(
                event: try await invites.receive(
                    request.event, id: request.eventID, room: request.roomID, version: RoomVersion.v1.rawValue,
                    roomState: request.event["unsigned"]?["invite_room_state"], from: peer.origin))
        }
    }

    private func bindQueries(_ table: inout RouteTable) {
        table.on(PeerDirectory.self) { _, request in try await resolve(request.alias) }
        table.on(PeerProfile.self) { _, request in JSONResponse(try await profile(of: request.userID, request.field)) }
        table.on(PeerPublicRooms.self) { _, request in JSONResponse(try await ports.publicRooms(request.query)) }
        table.on(PeerPublicRoomsSearch.self) { _, request in JSONResponse(try await ports.publicRooms(request.query)) }
        table.on(PeerSpaceHierarchy.self) { peer, request in
            JSONResponse(try await ports.hierarchy(request.roomID, request.isSuggestedOnly, peer.origin))
        }
        table.on(PeerEventByTimestamp.self) { peer, request in try await ports.eventByTimestamp(request.roomID, request.query, peer.origin) }
        table.on(PeerUserDevices.self) { _, request in
            try requireLocal(request.userID)
            return JSONResponse(try await ports.userDevices(request.userID))
        }
        table.on(PeerKeyQuery.self) { _, request in JSONResponse(try await ports.queryKeys(request.body)) }
        table.on(PeerKeyClaim.self) { _, request in JSONResponse(try await ports.claimKeys(request.body)) }
    }

    private func resolve(_ alias: RoomAlias) async throws -> PeerDirectory.Response {
        let found = alias.server == own.serverName ? try await rooms.database.read { try AliasStore($0).find(alias) } : nil
        guard let found else { throw MatrixError.notFound("There is no such alias.") }
        let servers = try await rooms.snapshot(of: found.room)?.servers ?? []
        return PeerDirectory.Response(roomID: found.room, servers: servers)
    }

    private func profile(of user: UserID, _ field: String?) async throws -> JSONValue {
        try requireLocal(user)
        let fields = try await rooms.database.read { transaction -> [(name: String, value: JSON)]? in
            guard let account = try AccountStore(transaction).account(user), !account.standing.isDeactivated else { return nil }
            return try ProfileStore(transaction).fields(of: user)
        }
        guard let fields else { throw MatrixError.notFound("There is no such user.") }
        var profile: [String: JSONValue] = [:]
        for (name, value) in fields where field == nil || name == field { profile[name] = value.value }
        return .object(profile)
    }

    private func requireLocal(_ user: UserID) throws(MatrixError) {
        guard user.server == own.serverName else { throw .invalidParam("\(user) is not of this server.") }
    }
}

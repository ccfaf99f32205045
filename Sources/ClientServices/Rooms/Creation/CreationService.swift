import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Makes rooms (client-server API, "Creation").
struct CreationService: Sendable {
    let context: RoomServiceContext
    let membership: MembershipService

    func bind(to table: inout RouteTable) {
        table.on(CreateRoom.self) { caller, request in RoomIDResponse(roomID: try await create(caller, request)) }
    }

    private func create(_ caller: UserCaller, _ request: CreateRoom.Request) async throws -> RoomID {
        guard request.thirdPartyInvites.isEmpty || context.remote.reachesIdentityServers else { throw RemoteRooms.noIdentityServers }
        guard request.invitees.count + request.thirdPartyInvites.count <= RoomLimits.invitesAtCreation else {
            throw MatrixError.invalidParam("At most \(RoomLimits.invitesAtCreation) users can be invited at once.")
        }
        for invitee in request.invitees where invitee.server == context.serverName {
            try await InvitePermission.check(invitee, context.database)
        }
        let version = try self.version(request.version)
        let alias = try await freeAlias(request.aliasLocalpart)
        let plan = RoomPlan(creator: caller.user, version: version, profile: try await context.profile(of: caller.user), alias: alias)
        let room = try await make(try plan.creation(request))
        if let alias { try await claim(alias, for: room, by: caller.user) }
        if request.visibility == .public {
            let now = context.environment.nowMilliseconds()
            try await context.database.write { try PublicRoomStore($0).publish(room, at: now) }
        }
        for invitee in request.invitees where invitee != caller.user {
            try await membership.invite(invitee, to: room, by: caller.user, isDirect: request.isDirect)
        }
        for address in request.thirdPartyInvites {
            try await membership.invite(address, to: room, by: caller.user, isDirect: request.isDirect)
        }
        return room
    }

    /// The room version of that name; 400 `M_UNSUPPORTED_ROOM_VERSION` where this server does not implement it.
    func version(_ name: String?) throws(MatrixError) -> RoomVersion {
        guard let name else { return context.settings.defaultVersion }
        guard let version = RoomVersion(name) else {
            throw MatrixError(400, .unsupportedRoomVersion, "This server does not support room version '\(name)'.")
        }
        return version
    }

    /// Makes the room; 400 `M_INVALID_ROOM_STATE` where what is asked for contradicts itself.
    func make(_ creation: RoomCreation) async throws -> RoomID {
        do {
            return try await context.rooms.create(creation)
        } catch let error as MatrixError where error.code == .forbidden {
            throw MatrixError(400, .invalidRoomState, error.message)
        }
    }

    private func freeAlias(_ localpart: String?) async throws -> RoomAlias? {
        guard let localpart else { return nil }
        guard !localpart.isEmpty, !localpart.utf8.contains(UInt8(ascii: ":")), !localpart.unicodeScalars.contains(where: \.properties.isWhitespace),
            let alias = RoomAlias("#\(localpart):\(context.serverName)")
        else { throw MatrixError.invalidParam("'\(localpart)' is no localpart of a room alias.") }
        let isTaken = try await context.database.read { try AliasStore($0).find(alias) != nil }
        guard !isTaken else { throw MatrixError(400, .roomInUse, "The alias \(alias) is taken.") }
        return alias
    }

    private func claim(_ alias: RoomAlias, for room: RoomID, by user: UserID) async throws {
        let now = context.environment.nowMilliseconds()
        let isNew = try await context.database.write { try AliasStore($0).create(alias, room: room, creator: user, at: now) }
        guard isNew else { throw MatrixError(400, .roomInUse, "The alias \(alias) is taken.") }
    }
}

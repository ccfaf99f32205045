import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Changes who is in a room (client-server API, "Room membership").
struct MembershipService: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(JoinRoom.self) { caller, request in
            RoomIDResponse(
                roomID: try await join(
                    caller, request.roomID, via: request.roomID.server.map { [$0] } ?? [], reason: request.reason,
                    thirdPartySigned: request.thirdPartySigned))
        }
        table.on(JoinRoomByIDOrAlias.self) { caller, request in
            let target = try await context.resolve(request.room)
            return RoomIDResponse(
                roomID: try await join(
                    caller, target.room, via: merge(request.via, target.servers), reason: request.reason,
                    thirdPartySigned: request.thirdPartySigned))
        }
        table.on(KnockRoom.self) { caller, request in
            let target = try await context.resolve(request.room)
            try await knock(caller, target.room, via: merge(request.via, target.servers), reason: request.reason)
            return RoomIDResponse(roomID: target.room)
        }
        table.on(InviteUser.self) { caller, request in
            switch request.invitee {
            case .user(let user): try await invite(user, to: request.roomID, by: caller.user, reason: request.reason)
            case .thirdParty(let address): try await invite(address, to: request.roomID, by: caller.user)
            }
            return EmptyResponse()
        }
        table.on(LeaveRoom.self) { caller, request in
            try await leave(caller.user, request.roomID, reason: request.reason)
            return EmptyResponse()
        }
        table.on(KickUser.self) { caller, request in
            try await kick(request.user, from: request.roomID, by: caller.user, reason: request.reason)
            return EmptyResponse()
        }
        table.on(BanUser.self) { caller, request in
            try await set(request.user, .ban, in: request.roomID, by: caller.user, reason: request.reason)
            return EmptyResponse()
        }
        table.on(UnbanUser.self) { caller, request in
            try await unban(request.user, from: request.roomID, by: caller.user, reason: request.reason)
            return EmptyResponse()
        }
        table.on(ForgetRoom.self) { caller, request in
            try await forget(caller.user, request.roomID)
            return EmptyResponse()
        }
    }

    // MARK: Joining

    /// Joins a local user to a room that this server is in, or through another server.
    func join(
        _ caller: UserCaller, _ room: RoomID, via: [ServerName], reason: String?, thirdPartySigned: JSONValue? = nil
    ) async throws -> RoomID {
        let user = caller.user
        let standing = try await standing(of: user, in: room)
        if standing.membership == .join { return room }
        if caller.isGuest, standing.isHosted, !standing.guestsMayJoin {
            throw MatrixError(403, .guestAccessForbidden, "Guests may not join this room.")
        }
        var content = try await memberContent(user, reason: reason)
        if let thirdPartySigned { content["third_party_invite"] = ["signed": thirdPartySigned] }
        if standing.isHosted {
            switch standing.restriction {
            case .none: break
            case .authorised(let authoriser): content["join_authorised_via_users_server"] = .string(authoriser.description)
            case .refused: throw MatrixError.forbidden("You are in none of the rooms whose members may join this one.")
            case .undecidable:
                // Nobody of this server may invite: another server of the room must authorise the join.
                try await context.remote.changeMembership(room, user, .join, merge(via, standing.otherServers), content)
                await RoomSuccession(context: context).carry(of: user, to: room)
                return room
            }
            try await append(user, .join, content, to: room, sender: user)
        } else {
            let servers = merge(via, standing.inviter.map { [$0.server] } ?? [])
            try await context.remote.changeMembership(room, user, .join, servers.filter { $0 != context.serverName }, content)
            // Whether guests may be in the room, only the room itself tells.
            if caller.isGuest, try await !self.standing(of: user, in: room).guestsMayJoin {
                try await leave(user, room, reason: nil)
                throw MatrixError(403, .guestAccessForbidden, "Guests may not join this room.")
            }
        }
        await RoomSuccession(context: context).carry(of: user, to: room)
        return room
    }

    private func knock(_ caller: UserCaller, _ room: RoomID, via: [ServerName], reason: String?) async throws {
        let standing = try await standing(of: caller.user, in: room)
        let content = try await memberContent(caller.user, reason: reason)
        if standing.isHosted {
            try await append(caller.user, .knock, content, to: room, sender: caller.user)
        } else {
            try await context.remote.changeMembership(room, caller.user, .knock, via.filter { $0 != context.serverName }, content)
        }
    }

    // MARK: Inviting

    /// Invites a user; one who is invited already is left alone.
    func invite(_ invitee: UserID, to room: RoomID, by sender: UserID, reason: String? = nil, isDirect: Bool = false) async throws {
        try await requireMember(sender, room)
        var content = try await memberContent(invitee, reason: reason)
        if isDirect { content["is_direct"] = true }
        if invitee.server == context.serverName {
            try await InvitePermission.check(invitee, context.database)
            try await append(invitee, .invite, content, to: room, sender: sender)
        } else {
            content["membership"] = "invite"
            try await context.remote.invite(room, sender, invitee, content)
        }
    }

    // MARK: Leaving

    /// Leaves a room, rejects an invite or retracts a knock.
    func leave(_ user: UserID, _ room: RoomID, reason: String?) async throws {
        let standing = try await standing(of: user, in: room)
        switch standing.membership {
        case .join, .invite, .knock: break
        case .leave: return
        case .ban: throw MatrixError.forbidden("You are banned from this room.")
        case nil: throw standing.isHosted ? RoomReader.notMember : MatrixError.notFound("The room \(room) is not known here.")
        }
        var content: JSONValue = [:]
        if let reason { content["reason"] = .string(reason) }
        if standing.isHosted {
            try await append(user, .leave, content, to: room, sender: user)
        } else {
            let servers = merge(standing.inviter.map { [$0.server] } ?? [], room.server.map { [$0] } ?? [])
            try await context.remote.changeMembership(room, user, .leave, servers.filter { $0 != context.serverName }, content)
        }
    }

    private func kick(_ user: UserID, from room: RoomID, by sender: UserID, reason: String?) async throws {
        try await requireMember(sender, room)
        switch try await standing(of: user, in: room).membership {
        case .join, .invite, .knock: try await set(user, .leave, in: room, by: sender, reason: reason)
        case .leave, .ban, nil: throw MatrixError.forbidden("\(user) is not in this room.")
        }
    }

    private func unban(_ user: UserID, from room: RoomID, by sender: UserID, reason: String?) async throws {
        try await requireMember(sender, room)
        guard try await standing(of: user, in: room).membership == .ban else { throw MatrixError.forbidden("\(user) is not banned from this room.") }
        try await set(user, .leave, in: room, by: sender, reason: reason)
    }

    private func set(_ user: UserID, _ membership: Membership, in room: RoomID, by sender: UserID, reason: String?) async throws {
        try await requireMember(sender, room)
        var content: JSONValue = [:]
        if let reason { content["reason"] = .string(reason) }
        try await append(user, membership, content, to: room, sender: sender)
    }

    private func forget(_ user: UserID, _ room: RoomID) async throws {
        let membership = try await standing(of: user, in: room)
        switch membership.membership {
        case .leave, .ban: break
        case .join, .invite, .knock: throw MatrixError(400, .unknown, "You must leave the room before you can forget it.")
        case nil: throw MatrixError.notFound("You were never in the room \(room).")
        }
        try await context.database.write { transaction in
            guard let row = try RoomStore(transaction).room(room) else { return }
            try MembershipStore(transaction).forget(user, room: row.number)
        }
    }

    // MARK: Parts

    private func append(
        _ user: UserID, _ membership: Membership, _ content: JSONValue, to room: RoomID, sender: UserID
    ) async throws {
        var content = content
        content["membership"] = .string(membership.rawValue)
        _ = try await context.rooms.append(
            NewEvent(type: "m.room.member", stateKey: user.description, sender: sender, content: content), to: room)
    }

    /// Profile and reason, as they go into a member event.
    private func memberContent(_ user: UserID, reason: String?) async throws -> JSONValue {
        var content = try await context.profile(of: user)
        if let reason { content["reason"] = .string(reason) }
        return content
    }

    private func requireMember(_ user: UserID, _ room: RoomID) async throws {
        _ = try await context.read(user) { try $0.joined(room) }
    }

    private func standing(of user: UserID, in room: RoomID) async throws -> RoomStanding {
        let own = context.serverName
        return try await context.read(user) { try RoomStanding.read(user, room, $0, ownServer: own) }
    }

    private func merge(_ first: [ServerName], _ second: [ServerName]) -> [ServerName] {
        var seen: Set<ServerName> = []
        return (first + second).filter { seen.insert($0).inserted }
    }
}

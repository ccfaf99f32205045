import Database
import MatrixAPI
import MatrixModel
import RoomGraph
import RoomServer
import Storage

/// Lets people in who come by an invite link.
struct InvitationAcceptance: Sendable {
    let context: RoomServiceContext
    let membership: MembershipService
    let summaries: SummaryCache

    /// Where somebody stands before the door.
    private struct Door: Sendable {
        let room: RoomID
        let creator: UserID
        /// Whether the link's creator has an account that may do things.
        let creatorIsActive: Bool
        let membership: Membership?
        /// Whether the room lets in whoever comes, so that nobody need be invited.
        let isPublic: Bool
    }

    /// Joins the caller to the link's room and to its first channels; 404 where the link lets nobody in, 403 where the room does not.
    func accept(_ caller: UserCaller, _ code: String) async throws -> AcceptInvitation.Response {
        guard InviteCode.isPlausible(code) else { throw InvitationService.unknown }
        let door = try await door(code, caller.user)
        switch door.membership {
        case .ban: throw MatrixError.forbidden("You are banned from this room.")
        case .join: return try await channels(of: door.room, for: caller, isNew: false)
        case .invite, .knock, .leave, nil: break
        }
        let user = caller.user
        let now = context.environment.nowMilliseconds()
        guard try await context.database.write({ try InviteLinkStore($0).claim(code, for: user, at: now) }) else { throw InvitationService.unknown }
        do {
            try await enter(door, caller)
        } catch {
            try? await context.database.write { try InviteLinkStore($0).release(code, for: user) }
            throw error
        }
        try await context.database.write { try InviteLinkStore($0).settle(code, for: user) }
        return try await channels(of: door.room, for: caller, isNew: true)
    }

    private func door(_ code: String, _ user: UserID) async throws -> Door {
        let (now, own) = (context.environment.nowMilliseconds(), context.serverName)
        return try await context.read(user) { reader in
            let transaction = reader.transaction
            guard let link = try InviteLinkStore(transaction).link(code), link.expires.map({ $0 > now }) ?? true,
                let room = try RoomStore(transaction).room(number: link.room)
            else { throw InvitationService.unknown }
            let standing = try RoomStanding.read(user, room.id, reader, ownServer: own)
            guard standing.isHosted else { throw InvitationService.unknown }
            let creator = try AccountStore(transaction).account(link.creator)?.standing
            return Door(
                room: room.id, creator: link.creator,
                creatorIsActive: creator.map { !$0.isDeactivated && !$0.isLocked && !$0.isSuspended } ?? true, membership: standing.membership,
                isPublic: try reader.currentEvent(.joinRules, room: room.number)?.event.content["join_rule"]?.string == "public")
        }
    }

    /// Invites the caller in the name of the link's creator, where nobody else did and the room asks for it, and joins them. Where the creator
    /// may not invite any more, the room's own rules decide.
    private func enter(_ door: Door, _ caller: UserCaller) async throws {
        var isInvited = door.isPublic || door.membership == .invite
        if !isInvited, door.creatorIsActive {
            var content = try await context.profile(of: caller.user)
            content["membership"] = "invite"
            do {
                _ = try await context.rooms.append(
                    NewEvent(type: "m.room.member", stateKey: caller.user.description, sender: door.creator, content: content), to: door.room)
                isInvited = true
            } catch let error as MatrixError where error.status == 403 {}
        }
        do {
            _ = try await membership.join(caller, door.room, via: [], reason: nil)
        } catch let error as MatrixError where error.status == 403 && !isInvited {
            throw MatrixError.forbidden("Whoever made this invite link may no longer invite people to this room.")
        }
    }

    // MARK: Channels

    /// Joins the caller to the community's first channels: a newcomer to all of them, a member to those alone in which they never were.
    private func channels(of room: RoomID, for caller: UserCaller, isNew: Bool) async throws -> AcceptInvitation.Response {
        let summaries = summaries
        let channels = try await context.read(caller.user) { reader -> [(room: RoomID, membership: Membership?)] in
            guard let row = try RoomStore(reader.transaction).room(room) else { return [] }
            let words = WelcomeWords(try reader.currentEvent(WelcomeWords.slot, room: row.number)?.event.content)
            let found = try FirstChannels(transaction: reader.transaction, summaries: summaries).rooms(
                of: summaries.summary(row, reader.transaction), words)
            return try found.map { channel in
                guard let row = try RoomStore(reader.transaction).room(channel.room) else { return (channel.room, nil) }
                return (channel.room, try reader.memberships.membership(of: caller.user, room: row.number)?.membership)
            }
        }
        var joined: [RoomID] = []
        var skipped: [RoomID] = []
        for channel in channels {
            switch channel.membership {
            case .join: joined.append(channel.room)
            case .leave where !isNew, .ban: skipped.append(channel.room)
            case .invite, .knock, .leave, nil:
                do {
                    _ = try await membership.join(caller, channel.room, via: [], reason: nil)
                    joined.append(channel.room)
                } catch let error as MatrixError where error.status < 500 {
                    skipped.append(channel.room)
                }
            }
        }
        return AcceptInvitation.Response(roomID: room, joined: joined, skipped: skipped)
    }
}

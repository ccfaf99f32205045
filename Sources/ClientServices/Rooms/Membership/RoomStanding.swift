import Database
import MatrixModel
import RoomGraph
import Storage

/// How a user stands to a room, as far as joining or leaving it takes.
struct RoomStanding: Sendable {
    /// Whether this server can decide about the room: a member of it is there, or nobody is anywhere else.
    var isHosted = false
    var membership: Membership?
    /// Who invited the user.
    var inviter: UserID?
    var guestsMayJoin = false
    var restriction = Restriction.none
    /// The servers in the room but this one.
    var otherServers: [ServerName] = []

    /// What a restricted join rule says of the user (client-server API, "Restricted rooms").
    enum Restriction: Sendable {
        /// The rule does not restrict the user: it is another one, or they are invited or joined.
        case none
        /// A condition is met, and this member may let the user in.
        case authorised(UserID)
        /// No condition is met.
        case refused
        /// This server cannot tell, or nobody of it may let the user in.
        case undecidable
    }

    static func read(_ user: UserID, _ id: RoomID, _ reader: RoomReader, ownServer: ServerName) throws -> RoomStanding {
        var standing = RoomStanding()
        guard let room = try RoomStore(reader.transaction).room(id) else { return standing }
        let row = try reader.memberships.membership(of: user, room: room.number)
        standing.membership = row?.membership
        if row?.membership == .invite { standing.inviter = row?.sender }
        let servers = try reader.memberships.servers(room: room.number).map(\.server)
        standing.otherServers = servers.filter { $0 != ownServer }
        standing.isHosted = room.isParticipating && (servers.contains(ownServer) || standing.otherServers.isEmpty)
        guard standing.isHosted else { return standing }
        standing.guestsMayJoin =
            try reader.currentEvent(.guestAccess, room: room.number)?.event.content["guest_access"]?.string == "can_join"
        if row?.membership != .join, row?.membership != .invite {
            standing.restriction = try restriction(user, room, reader, ownServer: ownServer)
        }
        return standing
    }

    private static func restriction(_ user: UserID, _ room: RoomRow, _ reader: RoomReader, ownServer: ServerName) throws -> Restriction {
        let rules = room.version.rules
        guard rules.allowsRestrictedJoins, let content = try reader.currentEvent(.joinRules, room: room.number)?.event.content else { return .none }
        switch content["join_rule"]?.string {
        case "restricted": break
        case "knock_restricted" where rules.allowsKnockRestricted: break
        default: return .none
        }
        var isUnknown = false
        var isMet = false
        for condition in content["allow"]?.elements.map({ $0 }) ?? [] where condition["type"]?.string == "m.room_membership" {
            guard let other = condition["room_id"]?.string.flatMap({ RoomID($0) }) else { continue }
            guard let row = try RoomStore(reader.transaction).room(other), row.isParticipating else {
                isUnknown = true
                continue
            }
            if try reader.memberships.membership(of: user, room: row.number)?.membership == .join { isMet = true }
        }
        guard isMet else { return isUnknown ? .undecidable : .refused }
        return try authoriser(room, reader, ownServer: ownServer).map { .authorised($0) } ?? .undecidable
    }

    /// A member of this server with the power to invite.
    private static func authoriser(_ room: RoomRow, _ reader: RoomReader, ownServer: ServerName) throws -> UserID? {
        var events: [StateKey: Event] = [:]
        for key in [StateKey.create, .powerLevels] { events[key] = try reader.currentEvent(key, room: room.number)?.event }
        let levels = PowerLevels(state: StateEvents(events), rules: room.version.rules)
        let members = try reader.memberships.members(room: room.number, .join).map(\.user)
        return members.first { $0.server == ownServer && levels.level(of: $0) >= levels.invite }
    }
}

import MatrixModel
import RoomGraph
import RoomServer

/// Whether this server can let a user in where a room is open to the members of others (server-server API, "Restricted rooms").
struct RestrictedJoins: Sendable {
    let rooms: RoomServer

    /// What the join must name.
    enum Verdict: Sendable {
        /// No vouching is needed: the rule is another one, or the user is invited or joined.
        case unrestricted
        /// A condition is met, and this member of this server vouches for it.
        case authorised(UserID)
    }

    /// Throws 403 where no condition is met, 400 `M_UNABLE_TO_AUTHORISE_JOIN` or `M_UNABLE_TO_GRANT_JOIN` where another server may do better.
    func verdict(on user: UserID, joining room: RoomSnapshot) async throws -> Verdict {
        guard room.rules.allowsRestrictedJoins, let rule = try await rooms.stateEvent(.joinRules, in: room.id)?.content else { return .unrestricted }
        switch rule["join_rule"]?.string {
        case "restricted": break
        case "knock_restricted" where room.rules.allowsKnockRestricted: break
        default: return .unrestricted
        }
        let membership = try await rooms.stateEvent(.member(user), in: room.id)?.membership
        if membership == .join || membership == .invite { return .unrestricted }
        try await checkConditions(rule["allow"], user)
        guard let authoriser = try await authoriser(in: room) else {
            throw MatrixError(400, .unableToGrantJoin, "No user of this server may let others into the room.")
        }
        return .authorised(authoriser)
    }

    /// Most conditions that are looked at.
    private static let maximumConditions = 100

    private func checkConditions(_ conditions: JSON?, _ user: UserID) async throws {
        var isUndecided = false
        for condition in conditions?.elements.prefix(RestrictedJoins.maximumConditions).map({ $0 }) ?? [] {
            guard condition["type"]?.string == "m.room_membership", let room = condition["room_id"]?.string.flatMap({ RoomID($0) }) else { continue }
            guard let snapshot = try await rooms.snapshot(of: room), snapshot.isParticipating else {
                isUndecided = true
                continue
            }
            if try await rooms.stateEvent(.member(user), in: room)?.membership == .join { return }
        }
        if isUndecided { throw MatrixError(400, .unableToAuthoriseJoin, "This server does not know all the rooms whose members may join.") }
        throw MatrixError.forbidden("\(user) is in none of the rooms whose members may join.")
    }

    private func authoriser(in room: RoomSnapshot) async throws -> UserID? {
        guard let levels = try await rooms.powerLevels(in: room.id) else { return nil }
        return room.localMembers.sorted().first { levels.level(of: $0) >= levels.invite }
    }
}

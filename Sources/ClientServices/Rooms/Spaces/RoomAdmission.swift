import Database
import MatrixModel
import RoomGraph
import Storage

/// To whom a room may be told: those who are in it, and those who may join, knock or look in
/// (client-server API, `GET …/hierarchy`: "The server should return any rooms where at least one of the following conditions is true").
struct RoomAdmission {
    let transaction: Transaction

    /// Whether a person, or with nil anybody, may know of the room.
    func admits(_ user: UserID?, to summary: RoomSummary) throws -> Bool {
        var membership: Membership?
        if let user, let row = try RoomStore(transaction).room(summary.room) {
            membership = try MembershipStore(transaction).membership(of: user, room: row.number)?.membership
        }
        switch membership {
        case .join, .invite: return true
        case .ban: return summary.isWorldReadable
        case .knock, .leave, nil: break
        }
        if isOpen(summary) { return true }
        guard let user, mayBeRestricted(summary) else { return false }
        return try summary.allowedRooms.contains { room in
            guard let row = try RoomStore(transaction).room(room) else { return false }
            return try MembershipStore(transaction).membership(of: user, room: row.number)?.membership == .join
        }
    }

    /// Whether another server may know of a room of this one: "all the space-room's children the requesting server could feasibly peek/join".
    func admits(_ server: ServerName, to summary: RoomSummary, _ row: RoomRow) throws -> Bool {
        let memberships = MembershipStore(transaction)
        if isOpen(summary) { return true }
        if try memberships.servers(room: row.number).contains(where: { $0.server == server }) { return true }
        if try memberships.members(room: row.number, .invite).contains(where: { $0.user.server == server }) { return true }
        guard mayBeRestricted(summary) else { return false }
        return try summary.allowedRooms.contains { room in
            guard let row = try RoomStore(transaction).room(room), row.isParticipating else { return false }
            return try memberships.servers(room: row.number).contains { $0.server == server }
        }
    }

    /// Whether anybody may join, knock or look in.
    private func isOpen(_ summary: RoomSummary) -> Bool {
        if summary.isWorldReadable { return true }
        let rules = summary.version.flatMap { RoomVersion($0)?.rules }
        switch summary.joinRule {
        // "When not present, the room is assumed to be public."
        case "public", nil: return true
        // A version that is not told is taken to know the rule that it has.
        case "knock": return rules?.allowsKnocking ?? true
        case "knock_restricted": return rules?.allowsKnockRestricted ?? true
        default: return false
        }
    }

    private func mayBeRestricted(_ summary: RoomSummary) -> Bool {
        let rules = summary.version.flatMap { RoomVersion($0)?.rules }
        switch summary.joinRule {
        case "restricted": return rules?.allowsRestrictedJoins ?? true
        case "knock_restricted": return rules?.allowsKnockRestricted ?? true
        default: return false
        }
    }
}

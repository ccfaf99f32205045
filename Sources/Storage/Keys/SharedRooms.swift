public import Database
public import MatrixModel

/// With whom a user shares rooms, and how that changed (client-server API, "Extensions to /sync": `device_lists`).
public struct SharedRooms {
    private let transaction: Transaction
    private let user: UserID

    public init(_ transaction: Transaction, user: UserID) {
        self.transaction = transaction
        self.user = user
    }

    /// Others whom the user began or ceased to share rooms with.
    public struct Changes: Sendable, Hashable {
        /// Who now shares a room in which they did not meet before.
        public var gained: Set<UserID> = []
        /// With whom no room is shared any more.
        public var lost: Set<UserID> = []

        /// Nothing changed.
        public init() {}
    }

    /// What changed after a position. `rooms` are those whose state may have changed, where that is known.
    public func changes(after from: Position, in rooms: [Int64]? = nil) throws -> Changes {
        let memberships = MembershipStore(transaction)
        var changes = Changes()
        var candidates: Set<UserID> = []
        var own: Set<Int64> = []
        for row in try memberships.memberships(of: user, changedAfter: from) {
            let before = try membership(of: user, room: row.room, at: from)
            switch (before == .join, row.membership == .join) {
            case (false, true):
                own.insert(row.room)
                changes.gained.formUnion(try memberships.members(room: row.room, .join).map(\.user))
            case (true, false):
                own.insert(row.room)
                candidates.formUnion(try memberships.members(room: row.room, .join).map(\.user))
                for (other, wasJoined) in try formerMembers(of: row.room, after: from) where wasJoined { candidates.insert(other) }
            case (true, true), (false, false): break
            }
        }
        for room in try rooms ?? joinedRooms() where !own.contains(room) {
            guard try memberships.membership(of: user, room: room)?.membership == .join else { continue }
            for (other, wasJoined) in try formerMembers(of: room, after: from) {
                let isJoined = try memberships.membership(of: other, room: room)?.membership == .join
                if isJoined, !wasJoined { changes.gained.insert(other) }
                if wasJoined, !isJoined { candidates.insert(other) }
            }
        }
        for other in candidates where try memberships.sharedRooms(user, other).isEmpty { changes.lost.insert(other) }
        changes.gained.remove(user)
        changes.lost.remove(user)
        return changes
    }

    private func joinedRooms() throws -> [Int64] {
        try transaction.map("SELECT room FROM memberships WHERE user_id = \(user) AND membership = 'join' ORDER BY room") { $0.int(0) }
    }

    /// The users whose membership of a room changed after a position, and whether they were joined at it.
    private func formerMembers(of room: Int64, after from: Position) throws -> [(UserID, wasJoined: Bool)] {
        let changed = try transaction.map(
            """
            SELECT DISTINCT s.slot, s.state_key FROM current_state_log c JOIN slots s ON s.slot = c.slot
            WHERE c.room = \(room) AND c.position > \(from) AND s.type = 'm.room.member' ORDER BY s.slot
            """
        ) { ($0.int(0), $0.text(1)) }
        return try changed.compactMap { slot, key in
            guard let other = UserID(key) else { return nil }
            return (other, try membership(inSlot: slot, room: room, at: from) == .join)
        }
    }

    private func membership(of user: UserID, room: Int64, at position: Position) throws -> Membership? {
        guard let slot = try StateStore(transaction).slot(.member(user)) else { return nil }
        return try membership(inSlot: slot, room: room, at: position)
    }

    private func membership(inSlot slot: Int64, room: Int64, at position: Position) throws -> Membership? {
        guard let number = try StateStore(transaction).currentEvent(room: room, slot: slot, at: position) else { return nil }
        return try EventStore(transaction).event(number: number)?.event.membership
    }
}

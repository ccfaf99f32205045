import MatrixAPI
import MatrixModel
import Storage

extension SyncReader {
    /// Presence of those who share a room with the person: of all who are there for an initial sync, then of those whose presence was told
    /// anew, and of those whom the person came together with.
    func addPresence(to answer: inout SyncAnswer, memberships: [MembershipRow]) throws {
        let filter = query.filter.presence
        guard shared.presence.isEnabled, filter.limit != 0 else { return }
        let (changed, arrived) = try presenceCandidates(memberships)
        guard !changed.isEmpty || !arrived.users.isEmpty else { return }
        let own = try shared.circles.rooms(of: user, reader.transaction)
        let now = shared.monotonicMilliseconds()
        var told: Set<UserID> = []
        for (candidates, rooms) in [(changed, own), (arrived.users, arrived.rooms)] {
            for candidate in candidates.prefix(PresenceLimits.lookedAt) where told.count < min(filter.limit ?? .max, PresenceLimits.toldAtOnce) {
                let name = candidate.description
                guard !told.contains(candidate), !ignored.contains(name), filter.admits(type: "m.presence", sender: name) else { continue }
                guard try candidate == user || PresenceCircles.meet(try shared.circles.rooms(of: candidate, reader.transaction), rooms),
                    let event = shared.presence.event(of: candidate, at: now)
                else { continue }
                told.insert(candidate)
                answer.presence.append(.encoded(event))
            }
        }
    }

    /// Users of whom something is to be told, and users who may be in rooms that are new to the person, with these rooms.
    private func presenceCandidates(
        _ memberships: [MembershipRow]
    ) throws -> (changed: [UserID], arrived: (users: [UserID], rooms: [Int64])) {
        guard let since = query.since?.typing else { return (shared.presence.presentUsers(), ([], [])) }
        let changed =
            since < typingSerial
            ? shared.presence.changed(after: since, through: typingSerial).filter {
                $0 != user || shared.presence.hasDeclared(user, after: since)
            } : []
        let newRooms = try memberships.filter { $0.membership == .join }.compactMap { row -> Int64? in
            guard let room = try RoomStore(reader.transaction).room(number: row.room) else { return nil }
            return try wasJoinedThroughout(room, from: query.from) ? nil : row.room
        }
        return (changed, (newRooms.isEmpty ? [] : shared.presence.presentUsers().filter { $0 != user }, newRooms))
    }
}

import MatrixAPI
import MatrixModel
import Storage

extension SyncReader {
    /// A room that the person has left, up to the moment they left; nil where there is nothing to tell.
    func leftRoom(_ room: RoomRow, _ row: MembershipRow, data: [AccountDataEntry]) throws -> SyncAnswer.JoinedRoom? {
        let history = try memberships(room)
        let departure = history.lastDeparture
        let access = RoomAccess(room: room, user: user, membership: row, joinedThrough: departure, isWorldReadable: false)
        guard let departure, departure > query.from || query.since == nil else {
            // Never joined, as far as the client knows: a rejected invite, a retracted knock, a ban. The member event says which.
            return query.since == nil ? nil : try withdrawn(row)
        }
        guard query.since != nil, history.membership(at: query.from) == .join else {
            var answer = try wholeRoom(access, through: departure)
            answer.accountData = accountData(query.since == nil ? data : [], room)
            return answer
        }
        var answer = try roomSince(access, window: .unread, through: departure)
        answer.accountData = accountData(data, room)
        return answer
    }

    /// The event alone that ended an invite, a knock or an earlier membership.
    private func withdrawn(_ row: MembershipRow) throws -> SyncAnswer.JoinedRoom? {
        guard let own = try reader.events.event(number: row.event) else { return nil }
        let place = own.ordering.map { $0 - 1 } ?? TimelineOrder.end(of: row.position)
        var answer = SyncAnswer.JoinedRoom(previousBatch: TimelineToken(place: place))
        answer.timeline = [
            try reader.clientEvent(own).fragment(for: .init(now: now, membership: row.membership, namesRoom: false))
        ]
        return answer
    }
}

import Database
import MatrixAPI
import MatrixModel
import Storage

extension SlidingReader {
    /// A room that the person is in.
    func joined(
        _ room: RoomRow, _ row: MembershipRow, _ wanted: WantedRoom, earlier: SlidingRoom?, demand: StateDemand?, _ note: inout SlidingRoom
    ) throws -> ToldRoom {
        let access = RoomAccess(room: room, user: user, membership: row, joinedThrough: .max, isWorldReadable: false)
        // Whoever was out meanwhile, or invited only, begins anew.
        let isKnown =
            try earlier.map { try row.position <= $0.through || sync.memberships(room).joined(throughout: $0.through) } ?? false
        guard isKnown else { return try told(try look(access, row, wanted), &note) }
        return try tell(access, wanted, earlier: earlier, demand: demand, through: head, &note)
    }

    /// A room that the person is in no more, up to the moment they left.
    func left(
        _ room: RoomRow, _ row: MembershipRow, _ wanted: WantedRoom, earlier: SlidingRoom?, demand: StateDemand?, _ note: inout SlidingRoom
    ) throws -> ToldRoom {
        let history = try sync.memberships(room)
        if let earlier, row.position <= earlier.through {
            // More of what the client has already may be asked for.
            guard let departure = history.lastDeparture else { return ToldRoom(news: SlidingRoomNews()) }
            let access = RoomAccess(room: room, user: user, membership: row, joinedThrough: departure, isWorldReadable: false)
            return try tell(access, wanted, earlier: earlier, demand: demand, through: departure, &note)
        }
        guard let departure = history.lastDeparture, departure > earlier?.through ?? 0 else {
            // Never joined, as far as the client knows: a rejected invite, a retracted knock, a ban. The member event says which.
            return try withdrawn(row, wasJoined: history.lastDeparture != nil)
        }
        let access = RoomAccess(room: room, user: user, membership: row, joinedThrough: departure, isWorldReadable: false)
        let wasThere = earlier.map { history.membership(at: $0.through) == .join && stayed(history, from: $0.through, to: departure) } ?? false
        var told = try tell(access, wanted, earlier: wasThere ? earlier : nil, demand: demand, through: departure, &note)
        // A ban after the departure is no part of the room as the person saw it, and theirs to know.
        if row.position > departure { told.news.requiredState += try withdrawn(row, wasJoined: true).news.requiredState }
        return told
    }

    /// Whether the person was joined at all times between two positions, the end excluded.
    private func stayed(_ history: MembershipHistory, from: Position, to: Position) -> Bool {
        !history.changes.contains { $0.position > from && $0.position < to && $0.membership != .join }
    }

    /// The event alone that ended an invite, a knock or an earlier membership.
    private func withdrawn(_ row: MembershipRow, wasJoined: Bool) throws -> ToldRoom {
        var news = SlidingRoomNews()
        guard let own = try reader.events.event(number: row.event) else { return ToldRoom(news: news) }
        let event = try sync.fragment(own, membership: row.membership, transactionID: nil)
        news.requiredState = [event]
        guard !wasJoined else { return ToldRoom(news: news) }
        news.timeline = [event]
        news.previousBatch = TimelineToken(place: own.ordering.map { $0 - 1 } ?? TimelineOrder.end(of: row.position)).description
        news.liveCount = row.position > from ?? head ? 1 : 0
        // The final form knows by the membership that it is no invitation; the unstable one would take it for one.
        if isStable { news.strippedState = [.value(StrippedState.strip(own.event))] }
        return ToldRoom(news: news)
    }

    /// Timeline, state and summary: all of it where `earlier` is nil, else what came since.
    private func tell(
        _ access: RoomAccess, _ wanted: WantedRoom, earlier: SlidingRoom?, demand: StateDemand?, through: Position, _ note: inout SlidingRoom
    ) throws -> ToldRoom {
        var news = SlidingRoomNews()
        news.isInitial = earlier == nil
        news.isExpanded = earlier.map { isExpanding(wanted, $0) } ?? false
        let isAnew = news.isInitial || news.isExpanded
        let timeline = try sync.timeline(
            access, after: isAnew ? nil : earlier?.through, through: through, remembered: nil, limit: wanted.timelineLimit)
        if isAnew || timeline.isLimited || !timeline.events.isEmpty {
            let begun = try sync.begin(access, timeline, emptyAt: through, isWhole: isAnew, remembered: nil)
            news.timeline = begun.timeline
            news.previousBatch = begun.previousBatch.description
            news.isLimited = timeline.isLimited
            news.liveCount = timeline.events.count { $0.stored.position ?? 0 > from ?? head }
        }
        let changes =
            try earlier.map { try StateSelection(reader.transaction).changes(room: access.room.number, after: $0.through, through: through) } ?? []
        let state = try requiredState(&news, access, wanted, timeline, changes: changes, earlier: earlier, demand: demand, through: through, &note)
        news.requiredState += try state.map { try sync.fragment($0, membership: nil, transactionID: nil) }
        try addFacts(to: &news, access, wanted, changes: changes, through: through, &note)
        note.shown =
            isAnew || timeline.isLimited ? timeline.events.count : min(SlidingBounds.shown, note.shown + timeline.events.count)
        return ToldRoom(
            news: news, shownEvents: isAnew ? timeline.events.map(\.stored.event.id) : nil, timeline: timeline.numbers)
    }

    /// Name, avatar, heroes and counts.
    private func addFacts(
        to news: inout SlidingRoomNews, _ access: RoomAccess, _ wanted: WantedRoom, changes: [SelectedState], through: Position,
        _ note: inout SlidingRoom
    ) throws {
        let room = access.room.number
        let nameChanged = changes.contains { $0.key == .name }
        let membersChanged = changes.contains { $0.key.type == "m.room.member" }
        var name: String?
        if news.isInitial || nameChanged || membersChanged { name = try text(.name, "name", room: room, at: through) }
        if news.isInitial || nameChanged { news.name = name.map(JSONValue.string) ?? (news.isInitial ? JSONValue?.none : .null) }
        if news.isInitial || changes.contains(where: { $0.key == .avatar }) {
            let avatar = try text(.avatar, "url", room: room, at: through)
            news.avatar = avatar.map(JSONValue.string) ?? (news.isInitial ? JSONValue?.none : .null)
        }
        guard access.isJoined else { return }
        if news.isInitial || membersChanged {
            news.joinedCount = try reader.memberships.count(room: room, .join)
            news.invitedCount = try reader.memberships.count(room: room, .invite)
        }
        // "Heroes are only included if the room name is not set."
        if news.isInitial || membersChanged || nameChanged, name == nil, wanted.includesHeroes { news.heroes = try heroes(access.room) }
        let unread = try unread(access.room)
        if news.isInitial || unread.notifications != note.notifications || unread.highlights != note.highlights { news.unread = unread }
        note.notifications = unread.notifications
        note.highlights = unread.highlights
    }

    func text(_ key: StateKey, _ member: String, room: Int64, at position: Position) throws -> String? {
        let text = try reader.currentEvent(key, room: room, at: position)?.event.content[member]?.string
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The same people as in `m.heroes` of `/v3/sync`, with names and avatars.
    func heroes(_ room: RoomRow) throws -> JSONValue {
        var rows = try reader.memberships.heroes(room: room.number, other: user, limit: RoomLimits.heroes)
        if rows.isEmpty {
            let gone = try reader.memberships.members(room: room.number, .leave) + reader.memberships.members(room: room.number, .ban)
            rows = Array(gone.filter { $0.user != user }.sorted { $0.user < $1.user }.prefix(RoomLimits.heroes))
        }
        // "Will first include joined users, then invited users, and then finally left users".
        rows = rows.filter { $0.membership == .join } + rows.filter { $0.membership != .join }
        return .array(
            try rows.map { row in
                var hero: JSONValue = ["user_id": .string(row.user.description)]
                let content = try reader.events.event(number: row.event)?.event.content
                for member in ["displayname", "avatar_url"] {
                    if let text = content?[member]?.string { hero[member] = .string(text) }
                }
                return hero
            })
    }
}

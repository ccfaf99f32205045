import Database
import HashTreeCollections
import MatrixAPI
import MatrixModel
import Storage

/// What telling one room came to.
struct ToldRoom {
    var news: SlidingRoomNews
    /// The events of the timeline that the client has now, where it was told the newest ones anew.
    var shownEvents: [EventID]?
    /// The numbers of the events of the timeline.
    var timeline: Set<Int64> = []
}

/// The rooms that an answer tells of.
struct ToldRooms {
    /// Rooms that are told as if for the first time.
    private(set) var initial: Set<Int64> = []
    /// The events of timelines that begin anew, by room.
    private(set) var shown: [Int64: [EventID]] = [:]
    /// The numbers of the events of timelines, by room.
    private(set) var timelines: [Int64: Set<Int64>] = [:]

    mutating func note(_ room: Int64, _ told: ToldRoom) {
        if told.news.isInitial { initial.insert(room) }
        if let events = told.shownEvents { shown[room] = events }
        if !told.timeline.isEmpty { timelines[room] = told.timeline }
    }
}

extension SlidingReader {
    /// What there is to tell of a room; nil where there is nothing new and nothing to note.
    func tell(
        _ wanted: WantedRoom, _ newcomers: Newcomers, _ filter: RoomFilter, _ news: NewsWindow, _ known: inout SentRoomsDraft
    ) throws -> ToldRoom? {
        let listed = wanted.room
        let earlier = known.rooms[listed.room]
        let isDirect = filter.isDirect(listed)
        switch listed.membership {
        case .join:
            guard try hasNews(wanted, earlier, isDirect: isDirect, news, known) else {
                known.change(listed.room) { $0.missedCounts = false }
                return nil
            }
        case .invite, .knock:
            if let earlier, earlier.through >= listed.position, earlier.isDirect == isDirect { return nil }
        case .leave, .ban:
            if let earlier, earlier.through >= listed.position, earlier.isDirect == isDirect, !isExpanding(wanted, earlier),
                !isDemandingMore(wanted, known.demands[earlier.demand])
            {
                return nil
            }
        }
        var note = earlier ?? SlidingRoom(room: listed.room, through: 0, timelineLimit: 0, shown: 0, demand: 0)
        if earlier == nil, listed.membership == .join, let look = newcomers.looks[listed.room] {
            return try finish(try told(look, &note), wanted, look.row, isDirect: isDirect, earlier: nil, note, &known)
        }
        guard let room = try newcomers.rows[listed.room]?.room ?? RoomStore(reader.transaction).room(number: listed.room),
            let row = try newcomers.rows[listed.room]?.membership ?? reader.memberships.membership(of: user, room: listed.room)
        else { return nil }
        let told: ToldRoom
        switch row.membership {
        case .join: told = try joined(room, row, wanted, earlier: earlier, demand: known.demands[earlier?.demand ?? 0], &note)
        case .invite, .knock: told = ToldRoom(news: try invited(room, row, earlier))
        case .leave, .ban: told = try left(room, row, wanted, earlier: earlier, demand: known.demands[earlier?.demand ?? 0], &note)
        }
        return try finish(told, wanted, row, isDirect: isDirect, earlier: earlier, note, &known)
    }

    /// Adds what all rooms are told, and notes that they were.
    private func finish(
        _ told: ToldRoom, _ wanted: WantedRoom, _ row: MembershipRow, isDirect: Bool, earlier: SlidingRoom?, _ note: SlidingRoom,
        _ known: inout SentRoomsDraft
    ) throws -> ToldRoom {
        let listed = wanted.room
        var (told, note) = (told, note)
        if told.news.isInitial ? isDirect : isDirect != note.isDirect { told.news.isDirect = isDirect }
        if told.news.bumpStamp == nil {
            let bump = try bumpStamp(listed, row)
            if try told.news.isInitial || bump > bumpStamp(listed, row, through: earlier?.through ?? 0) { told.news.bumpStamp = bump }
        }
        if told.news.isInitial || row.position > earlier?.through ?? 0 { told.news.membership = row.membership }
        note.isDirect = isDirect
        note.missedCounts = false
        note.through = head
        note.timelineLimit = wanted.timelineLimit
        note.demand = try known.number(of: wanted.demand)
        if told.news.isInitial {
            // Of what extensions tell of rooms, nothing was told yet.
            note.receiptsSince = 0
            note.dataSince = 0
            note.missedTyping = true
        }
        known.set(note)
        return told
    }

    /// Whether a room that the person is in must be looked at.
    private func hasNews(
        _ wanted: WantedRoom, _ earlier: SlidingRoom?, isDirect: Bool, _ news: NewsWindow, _ known: SentRoomsDraft
    ) throws -> Bool {
        guard let earlier else { return true }
        let listed = wanted.room
        if max(listed.changed, listed.position) > earlier.through || isDirect != earlier.isDirect { return true }
        if isExpanding(wanted, earlier) || isDemandingMore(wanted, known.demands[earlier.demand]) { return true }
        // What is unread changes by the person's receipts and rules too.
        guard news.recounts || earlier.missedCounts || news.ownReceipts.contains(listed.id),
            let room = try RoomStore(reader.transaction).room(number: listed.room)
        else { return false }
        let unread = try unread(room)
        return unread.notifications != earlier.notifications || unread.highlights != earlier.highlights
    }

    /// "if the `timeline_limit` has increased (to say N) and the server has not previously sent down all of the latest N events".
    func isExpanding(_ wanted: WantedRoom, _ earlier: SlidingRoom) -> Bool {
        wanted.timelineLimit > earlier.timelineLimit && wanted.timelineLimit > earlier.shown
    }

    func isDemandingMore(_ wanted: WantedRoom, _ earlier: StateDemand?) -> Bool {
        !wanted.demand.isCovered(by: earlier ?? .nothing)
    }

    func unread(_ room: RoomRow, _ row: MembershipRow? = nil) throws -> UnreadCount {
        try sync.unread.unread(in: room, through: head, membership: row).total
    }

    /// What an invited or knocking person is told.
    private func invited(_ room: RoomRow, _ row: MembershipRow, _ earlier: SlidingRoom?) throws -> SlidingRoomNews {
        var news = SlidingRoomNews()
        guard earlier == nil || row.position > earlier?.through ?? 0 else { return news }
        news.isInitial = true
        news.strippedState = try sync.strippedState(room, row)
        return news
    }

    /// The stamp of the room's last message, or of the person's own joining, inviting or leaving.
    func bumpStamp(_ listed: ListedRoom, _ row: MembershipRow, through: Position = .max) throws -> Position {
        guard row.membership == .join else { return min(row.position, through) }
        let bump = min(listed.bump, through)
        // A join that others' messages came after does not matter.
        guard row.position > listed.bump, let slot = try reader.caches.slot(.member(user), reader.transaction) else { return bump }
        var joined: Position = 0
        var isJoined = false
        for change in try reader.state.history(room: row.room, slot: slot) where change.position <= through {
            let membership = try change.event.flatMap { try reader.events.event(number: $0) }?.event.membership
            if !isJoined, membership == .join { joined = change.position }
            isJoined = membership == .join
        }
        return max(bump, joined)
    }
}

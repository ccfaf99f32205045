import Database
import HashTreeCollections
import MatrixAPI
import MatrixModel
import Storage

extension SyncReader {
    /// A room that the person is in.
    func joinedRoom(_ room: RoomRow, _ row: MembershipRow, window: RoomWindow, data: [AccountDataEntry]) throws -> SyncAnswer.JoinedRoom {
        let access = RoomAccess(room: room, user: user, membership: row, joinedThrough: .max, isWorldReadable: false)
        let isNew = try query.since == nil || row.position > query.from && !wasJoinedThroughout(room, from: query.from)
        var answer: SyncAnswer.JoinedRoom
        if isNew {
            answer = try wholeRoom(access, through: head)
            // "limited" tells a client that comes back to a room that its timeline has a gap.
            if query.since != nil { answer.isLimited = true }
        } else {
            answer = try roomSince(access, window: window, through: head)
        }
        answer.ephemeral = try ephemeral(room, isNew: isNew, window: window)
        // An initial sync has all of it at hand.
        let entries = isNew && query.since != nil ? try AccountDataStore(reader.transaction).entries(room: room.id, user: user) : data
        answer.accountData = accountData(entries, room)
        return answer
    }

    /// The room's account data that the filter lets through.
    func accountData(_ entries: [AccountDataEntry], _ room: RoomRow) -> [JSONFragment] {
        let filter = query.filter.room.accountData
        guard filter.admits(room: room.id.description) else { return [] }
        return entries.filter { filter.events.admits(type: $0.type, sender: user.description) }.map(SyncReader.fragment)
    }

    /// Whether the person was joined at a position and did not leave since.
    func wasJoinedThroughout(_ room: RoomRow, from: Position) throws -> Bool {
        try memberships(room).joined(throughout: from)
    }

    /// The person's memberships over time.
    func memberships(_ room: RoomRow) throws -> MembershipHistory {
        guard let slot = try reader.caches.slot(.member(user), reader.transaction) else { return MembershipHistory(changes: []) }
        return MembershipHistory(
            changes: try reader.state.history(room: room.number, slot: slot).map { change in
                let event = try change.event.flatMap { try reader.events.event(number: $0) }
                return (change.position, event?.event.membership)
            })
    }

    // MARK: Whole and partial

    /// The newest of the timeline with the state that goes with it, as a client without the room needs it.
    func wholeRoom(_ access: RoomAccess, through: Position) throws -> SyncAnswer.JoinedRoom {
        let timeline = try timeline(access, after: nil, through: through, remembered: nil)
        var answer = try begin(access, timeline, emptyAt: through, isWhole: true, remembered: nil)
        let state = reader.state
        let withoutMembers = query.filter.lazyLoadsMembers
        var slots =
            withoutMembers
            ? try SyncQueries(reader.transaction).currentStateWithoutMembers(room: access.room.number, at: through)
            : try state.currentState(room: access.room.number, at: through)
        var memberSlots: [Int64] = []
        if withoutMembers {
            for key in try lazyKeys(access, timeline, through: through) {
                guard let slot = try reader.caches.slot(key, reader.transaction) else { continue }
                slots[slot] = try state.currentEvent(room: access.room.number, slot: slot, at: through)
                memberSlots.append(slot)
            }
        }
        if query.stateForm == .before { try rewind(&slots, timeline) }
        answer.state = try stateFragments(slots.values.sorted(), access)
        if withoutMembers {
            let shown = timeline.events.map(\.stored).filter { $0.slot != nil && $0.event.type == "m.room.member" }.map(\.number)
            note(memberSlots.compactMap { slots[$0] } + shown, afresh: query.since == nil)
        }
        if access.isJoined {
            answer.summary = try summary(access.room)
            answer.sticky = try sticky(access.room, timeline, after: 0, through: through)
        }
        return answer
    }

    /// What happened in the room since the client's token, up to a position.
    func roomSince(_ access: RoomAccess, window: RoomWindow, through: Position) throws -> SyncAnswer.JoinedRoom {
        let timeline = try timeline(access, after: query.from, through: through, remembered: window.events)
        var answer = try begin(access, timeline, emptyAt: through, isWhole: false, remembered: window.events)
        let room = access.room.number
        let changes = try window.stateChanges ?? reader.state.currentStateChanges(room: room, after: query.from, through: through)
        var numbers: Set<Int64> = []
        if query.fullState {
            var slots = try reader.state.currentState(room: room, at: through)
            if query.stateForm == .before { try rewind(&slots, timeline) }
            numbers = Set(slots.values)
        } else {
            numbers = try changedState(changes, timeline)
        }
        var events = try reader.events.events(numbers: numbers.sorted())
        if query.filter.lazyLoadsMembers {
            events += try missingMembers(access, timeline, besides: events)
            noteMembers(events + timeline.events.map(\.stored), afresh: false)
        }
        answer.state = try fragments(events, access)
        let membersChanged = try changes.contains { change in try reader.state.key(ofSlot: change.slot)?.type == "m.room.member" }
        if access.isJoined, membersChanged || query.fullState { answer.summary = try summary(access.room) }
        if access.isJoined { answer.sticky = try sticky(access.room, timeline, after: query.from, through: through) }
        return answer
    }

    /// What became sticky and is not in the timeline: "Clients will receive a sticky event S once."
    private func sticky(_ room: RoomRow, _ timeline: SyncTimeline, after: Position, through: Position) throws -> [JSONFragment] {
        let sticky = StickyReader(reader: reader, now: now, ignored: ignored)
        let events = try sticky.events(room: room.number, after: after, through: through, except: timeline.numbers)
        return events.isEmpty ? [] : try sticky.fragments(events, device: query.device)
    }

    /// The timeline with where it begins, in the form for the client.
    func begin(
        _ access: RoomAccess, _ timeline: SyncTimeline, emptyAt end: Position, isWhole: Bool, remembered: [StoredEvent]?
    ) throws -> SyncAnswer.JoinedRoom {
        var answer = SyncAnswer.JoinedRoom(previousBatch: start(of: timeline, emptyAt: end))
        answer.isLimited = timeline.isLimited
        answer.timeline = try shown(access, timeline, isWhole: isWhole, remembered: remembered).map { event in
            try fragment(
                event.stored, membership: event.membership, transactionID: event.transactionID, delayID: event.delayID, bundle: event.bundle)
        }
        return answer
    }

    /// Where a timeline begins.
    func start(of timeline: SyncTimeline, emptyAt end: Position) -> TimelineToken {
        TimelineToken(place: timeline.events.first?.stored.ordering.map { $0 - 1 } ?? TimelineOrder.end(of: end))
    }

    /// An event of a timeline, with what its reader is told of it besides.
    struct ShownEvent {
        let stored: StoredEvent
        let membership: Membership?
        let transactionID: String?
        let delayID: String?
        let bundle: Bundle?
    }

    /// The events of a timeline, with what the person is told of them besides.
    func shown(_ access: RoomAccess, _ timeline: SyncTimeline, isWhole: Bool, remembered: [StoredEvent]?) throws -> [ShownEvent] {
        let own = timeline.events.filter { $0.stored.event.sender == user }.map { $0.stored.event.id }
        let transactions = try ClientTransactionStore(reader.transaction).transactionIDs(of: own, user: user, device: query.device)
        let delays = try DelayedEventStore(reader.transaction).delayIDs(of: own, user: user)
        // "GET /sync when the relevant section has a limited value of true."
        let bundles =
            isWhole || timeline.isLimited
            ? try reader.bundles(for: timeline.events.map { $0.stored }, access, remembered: remembered, serverName: shared.serverName) : [:]
        return timeline.events.map { stored, membership in
            ShownEvent(
                stored: stored, membership: membership, transactionID: transactions[stored.event.id], delayID: delays[stored.event.id],
                bundle: bundles[stored.number])
        }
    }

    /// The events of a state, without reading those that are in memory in the form for clients.
    private func stateFragments(_ numbers: [Int64], _ access: RoomAccess) throws -> [JSONFragment] {
        guard query.filter.room.state.admitsAllEvents, query.filter.format == .client, query.filter.eventFields == nil else {
            return try fragments(try reader.events.events(numbers: numbers), access)
        }
        guard query.filter.room.state.admits(room: access.room.id.description) else { return [] }
        let view = ClientEvent.Reader(now: now, transactionID: nil, membership: nil, namesRoom: false)
        return try reader.caches.clientEvents(numbers, reader.transaction).map { $0.fragment(for: view) }
    }

    private func fragments(_ events: [StoredEvent], _ access: RoomAccess) throws -> [JSONFragment] {
        let filter = query.filter.room.state
        guard filter.admits(room: access.room.id.description) else { return [] }
        var admitted = events.filter { filter.admits($0.event) }
        if filter.asksForChildren {
            let related = try reader.related(admitted, access, filter)
            admitted.removeAll { !related.contains($0.event.id) }
        }
        return try admitted.map { try fragment($0, membership: nil, transactionID: nil) }
    }

    /// An event in the form that the filter asks for.
    func fragment(
        _ stored: StoredEvent, membership: Membership?, transactionID: String?, delayID: String? = nil, bundle: Bundle? = nil
    ) throws -> JSONFragment {
        switch query.filter.format {
        case .client:
            let event = try reader.clientEvent(stored)
            let view = ClientEvent.Reader(
                now: now, transactionID: transactionID, delayID: delayID, membership: membership, namesRoom: false, bundle: bundle)
            guard let fields = query.filter.eventFields else { return event.fragment(for: view) }
            var text: [UInt8] = []
            event.append(to: &text, for: view)
            return .value(EventFields(fields).select(from: try JSON.parse(text).value))
        case .federation: return .encoded(Array(stored.event.json.rawBytes))
        }
    }

    // MARK: State

    /// Takes the events of the timeline out of the state at its end: the state at its start.
    private func rewind(_ slots: inout StateMap, _ timeline: SyncTimeline) throws {
        guard let first = timeline.events.first?.stored else { return }
        let shown = timeline.numbers
        for (slot, event) in slots where shown.contains(event) {
            // Only the create event has no state before it.
            let earlier = try first.before.flatMap { try reader.state.event(in: $0, slot: slot) }
            slots[slot] = earlier.flatMap { shown.contains($0) ? nil : $0 }
        }
    }

    /// The events that turn the state at the client's token into that at the timeline's start or end.
    private func changedState(_ changes: [StateChange], _ timeline: SyncTimeline) throws -> Set<Int64> {
        let ends = changes.compactMap(\.event)
        guard query.stateForm == .before else { return Set(ends) }
        let shown = timeline.numbers
        // What the timeline does not show must be told here, even where it came about by state resolution in the midst of it.
        var numbers = Set(ends.filter { !shown.contains($0) })
        guard timeline.isLimited, let before = timeline.events.first?.stored.before else { return numbers }
        for change in changes {
            guard let end = change.event, shown.contains(end) else { continue }
            if let start = try reader.state.event(in: before, slot: change.slot), !shown.contains(start) { numbers.insert(start) }
        }
        return numbers
    }

    // MARK: Lazy-loaded members

    /// The members that a client needs for what a whole room shows: the senders, the person, the summary's heroes.
    private func lazyKeys(_ access: RoomAccess, _ timeline: SyncTimeline, through: Position) throws -> [StateKey] {
        // "servers MUST include the syncing user's own membership event when they join a room, or when the full state of rooms is requested".
        var users = Set(timeline.events.map(\.stored.event.sender))
        users.insert(user)
        if try !isNamed(access.room) {
            for hero in try reader.memberships.heroes(room: access.room.number, other: user, limit: RoomLimits.heroes) { users.insert(hero.user) }
        }
        return users.sorted().map { .member($0) }
    }

    /// Member events of the timeline's senders that the client may not have.
    private func missingMembers(_ access: RoomAccess, _ timeline: SyncTimeline, besides events: [StoredEvent]) throws -> [StoredEvent] {
        var present = Set(timeline.events.map(\.stored.number))
        for event in events { present.insert(event.number) }
        var numbers: [Int64] = []
        for sender in Set(timeline.events.map(\.stored.event.sender)).sorted() {
            guard let slot = try reader.caches.slot(.member(sender), reader.transaction),
                let number = try reader.state.currentEvent(room: access.room.number, slot: slot, at: head), !present.contains(number)
            else { continue }
            numbers.append(number)
        }
        if !query.filter.includesRedundantMembers {
            numbers = shared.lazyMembers.unsent(numbers, to: .init(user: user, id: query.device), since: query.from)
        }
        return try reader.events.events(numbers: numbers)
    }

    private func noteMembers(_ events: [StoredEvent], afresh: Bool) {
        let numbers = events.filter { $0.event.type == "m.room.member" && $0.event.stateKey != nil }.map(\.number)
        note(numbers, afresh: afresh)
    }

    private func note(_ members: [Int64], afresh: Bool) {
        shared.lazyMembers.note(members, to: .init(user: user, id: query.device), at: head, afresh: afresh)
    }

    // MARK: Summary and ephemeral

    private func summary(_ room: RoomRow) throws -> JSONValue {
        var summary: JSONValue = [
            "m.joined_member_count": .integer(try reader.memberships.count(room: room.number, .join)),
            "m.invited_member_count": .integer(try reader.memberships.count(room: room.number, .invite)),
        ]
        // "Required if the room's m.room.name or m.room.canonical_alias state events are unset or empty."
        guard try !isNamed(room) else { return summary }
        var heroes = try reader.memberships.heroes(room: room.number, other: user, limit: RoomLimits.heroes).map(\.user)
        if heroes.isEmpty {
            // "When no joined or invited members are available, this should consist of the banned and left users."
            let gone = try reader.memberships.members(room: room.number, .leave) + reader.memberships.members(room: room.number, .ban)
            heroes = Array(gone.map(\.user).filter { $0 != user }.sorted().prefix(RoomLimits.heroes))
        }
        summary["m.heroes"] = .array(heroes.map { .string($0.description) })
        return summary
    }

    /// Whether the room has a name or a canonical alias, so that it needs no heroes.
    private func isNamed(_ room: RoomRow) throws -> Bool {
        try [StateKey.name, .canonicalAlias].contains { key in
            let content = try reader.currentEvent(key, room: room.number)?.event.content
            return content?[key == .name ? "name" : "alias"]?.string?.isEmpty == false
        }
    }

    private func ephemeral(_ room: RoomRow, isNew: Bool, window: RoomWindow) throws -> [JSONFragment] {
        let filter = query.filter.room.ephemeral
        guard filter.admits(room: room.id.description) else { return [] }
        var events: [JSONFragment] = []
        if filter.events.admits(type: "m.receipt", sender: nil) {
            let receipts = try ReceiptStore(reader.transaction).receipts(
                room: room.id, viewer: user, after: isNew ? 0 : query.from, through: head
            ).filter { ignored.isEmpty || !ignored.contains($0.user.description) }
            events += ReceiptContent.events(receipts).map { .value($0) }
        }
        if filter.events.admits(type: "m.typing", sender: nil), let typing = shared.typing.typists(in: room.id) {
            // What changed since the token was fixed comes with the next one.
            let isChanged = typing.serial > query.since?.typing ?? 0 && typing.serial <= typingSerial
            let typists = ignored.isEmpty ? typing.users : typing.users.filter { !ignored.contains($0.description) }
            if isNew ? !typists.isEmpty : isChanged { events.append(.value(TypingBoard.event(typists))) }
        }
        return events
    }
}

import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Makes the answer of one sync in one snapshot of the database.
///
/// What happened lately comes from the feed's memory; the database is asked only for rooms with changes.
struct SyncReader {
    let reader: RoomReader
    let query: SyncQuery
    let shared: SyncShared
    /// Milliseconds since the epoch.
    let now: Int
    /// The journal's position in this snapshot: the answer tells everything up to here.
    let head: Position
    /// The serial of typing up to which the answer tells.
    let typingSerial: Int64
    /// Users whose messages and invitations the person does not want.
    let ignored: Set<String>
    /// Counts what is not read.
    let unread: UnreadReader

    init(
        reader: RoomReader, query: SyncQuery, shared: SyncShared, now: Int, head: Position, typingSerial: Int64, ignored: Set<String>,
        rules: PersonalRules? = nil
    ) {
        self.reader = reader
        self.query = query
        self.shared = shared
        self.now = now
        self.head = head
        self.typingSerial = typingSerial
        self.ignored = ignored
        unread = UnreadReader(reader: reader, shared: shared, rules: rules)
    }

    var user: UserID { query.user }

    static func read(_ query: SyncQuery, _ shared: SyncShared, _ transaction: Transaction, now: Int) throws -> SyncAnswer {
        let room = RoomReader(transaction: transaction, caches: shared.caches, user: query.user)
        let rules = try PersonalRules.read(room, shared.unread)
        let reader = SyncReader(
            reader: room, query: query, shared: shared, now: now, head: try Positions.head(transaction), typingSerial: shared.typing.serial,
            ignored: rules.ignoredNames, rules: rules)
        return query.since == nil ? try reader.initial() : try reader.incremental()
    }

    // MARK: Initial

    private func initial() throws -> SyncAnswer {
        var answer = SyncAnswer(token: SyncToken(position: head, typing: typingSerial))
        try addDevices(to: &answer, window: nil)
        let accountData = try accountData(after: 0)
        answer.accountData = globalAccountData(accountData)
        try unread.prepareForAllRooms()
        for row in try reader.memberships.memberships(of: user) {
            guard let room = try room(row) else { continue }
            try add(room, row, window: .unread, data: accountData[room.id] ?? [], to: &answer)
        }
        try addPresence(to: &answer, memberships: [])
        return answer
    }

    // MARK: Incremental

    private func incremental() throws -> SyncAnswer {
        var answer = SyncAnswer(token: SyncToken(position: max(head, query.from), typing: typingSerial))
        let memberSlot = try reader.caches.slot(.member(user), reader.transaction)
        let window = SyncWindow(shared.feed.changes(after: query.from), from: query.from, head: head, user: user, memberSlot: memberSlot)
        try addDevices(to: &answer, window: window)
        let accountData = window.map(\.touchesUser) ?? true ? try accountData(after: query.from) : [:]
        answer.accountData = globalAccountData(accountData)

        let memberships = try changedMemberships(window)
        for row in try rows(window, accountData: Set(accountData.keys.compactMap { $0 }), memberships) {
            guard let room = try room(row) else { continue }
            // Memory knows the room where it saw it change; where it saw everything, the room did not change.
            let known = window.map { $0.rooms[row.room] ?? .quiet } ?? .unread
            try add(room, row, window: known, data: accountData[room.id] ?? [], to: &answer)
        }
        try addRecounted(to: &answer, since: accountData[nil] ?? [])
        try addPresence(to: &answer, memberships: memberships)
        return answer
    }

    private func changedMemberships(_ window: SyncWindow?) throws -> [MembershipRow] {
        if let window, !window.touchesMemberships { return [] }
        return try reader.memberships.memberships(of: user, changedAfter: query.from)
    }

    /// The person's memberships of rooms that there may be something to tell about, by room number.
    private func rows(_ window: SyncWindow?, accountData: Set<RoomID>, _ changed: [MembershipRow]) throws -> [MembershipRow] {
        guard !query.fullState else {
            try unread.prepareForAllRooms()
            return try reader.memberships.memberships(of: user)
        }
        let numbers = try changedRooms(window, accountData: accountData)
        var rows = Dictionary(changed.map { ($0.room, $0) }, uniquingKeysWith: { first, _ in first })
        let others = numbers.filter { rows[$0] == nil }
        if others.count > RoomLimits.singleMembershipLookups {
            for row in try reader.memberships.memberships(of: user) where numbers.contains(row.room) { rows[row.room] = row }
        } else {
            for number in others { rows[number] = try reader.memberships.membership(of: user, room: number) }
        }
        return rows.values.sorted { $0.room < $1.room }
    }

    /// The numbers of the rooms in which something happened, the person's or not.
    private func changedRooms(_ window: SyncWindow?, accountData: Set<RoomID>) throws -> Set<Int64> {
        let transaction = reader.transaction
        var numbers: Set<Int64>
        if let window {
            numbers = Set(window.rooms.keys)
        } else {
            numbers = Set(try SyncQueries(transaction).changedRooms(of: user, after: query.from))
        }
        var named = accountData
        named.formUnion(shared.typing.rooms(changedAfter: query.since?.typing ?? 0))
        if window.map(\.touchesUser) ?? true {
            named.formUnion(try ReceiptStore(transaction).rooms(changedAfter: query.from, through: head, viewer: user))
        }
        for id in named {
            if let number = try RoomStore(transaction).room(id)?.number { numbers.insert(number) }
        }
        return numbers
    }

    // MARK: Rooms

    func room(_ row: MembershipRow) throws -> RoomRow? {
        guard let room = try RoomStore(reader.transaction).room(number: row.room), query.filter.room.admits(room: room.id.description) else {
            return nil
        }
        return room
    }

    private func add(
        _ room: RoomRow, _ row: MembershipRow, window: RoomWindow, data: [AccountDataEntry], to answer: inout SyncAnswer
    ) throws {
        let isNew = row.position > query.from
        switch row.membership {
        case .join:
            var joined = try joinedRoom(room, row, window: window, data: data)
            joined.unread = try unread.unread(in: room, through: head, membership: row)
            // Counts change without anything else of the room: by a private receipt of another device, or where the filter hides what notifies.
            if query.showsUnchangedRooms || !joined.isEmpty || joined.unread.changed > query.from { answer.joined.append((room.id, joined)) }
        case .invite:
            // "Servers must not send room invites from ignored users to clients."
            guard isNew || query.showsUnchangedRooms, !ignored.contains(row.sender.description),
                try !InvitePermission.isBlocking(user, reader.transaction)
            else { return }
            answer.invited.append((room.id, SyncAnswer.batch(try strippedState(room, row))))
        case .knock:
            guard isNew || query.showsUnchangedRooms else { return }
            answer.knocked.append((room.id, SyncAnswer.batch(try strippedState(room, row))))
        case .leave, .ban:
            guard !row.isForgotten, query.since == nil ? query.filter.room.includesLeft : isNew else { return }
            if let left = try leftRoom(room, row, data: data) { answer.left.append((room.id, left)) }
        }
    }

    /// What an invited or knocking person is shown of a room (client-server API, "Stripped state").
    func strippedState(_ room: RoomRow, _ row: MembershipRow) throws -> [JSONFragment] {
        var events: [JSONValue] = []
        if let stripped = row.stripped, let list = try? JSON.parse(stripped) {
            events = list.elements.compactMap { StrippedState.prune($0) }
        } else {
            for slot in StrippedState.slots + [.member(row.sender)] where slot != .member(user) {
                if let stored = try reader.currentEvent(slot, room: room.number) { events.append(StrippedState.strip(stored.event)) }
            }
        }
        let hasOwn = events.contains { $0["type"] == "m.room.member" && $0["state_key"]?.string == user.description }
        if !hasOwn, let own = try reader.events.event(number: row.event) { events.append(StrippedState.strip(own.event)) }
        return events.map { .value($0) }
    }

    // MARK: Account data

    private func accountData(after position: Position) throws -> [RoomID?: [AccountDataEntry]] {
        let entries = try AccountDataStore(reader.transaction).changes(after: position, through: head, user: user)
        return Dictionary(grouping: entries, by: \.room)
    }

    private func globalAccountData(_ entries: [RoomID?: [AccountDataEntry]]) -> [JSONFragment] {
        let filter = query.filter.accountData
        let others = (entries[nil] ?? []).filter {
            $0.type != PushRuleService.accountDataType && filter.admits(type: $0.type, sender: user.description)
        }
        return others.map(SyncReader.fragment) + [pushRules(entries[nil] ?? [])].compactMap { $0 }
    }

    static func fragment(_ entry: AccountDataEntry) -> JSONFragment {
        .object([("type", .string(entry.type)), ("content", .encoded(Array(entry.content.rawBytes)))])
    }
}

/// What all syncs share.
struct SyncShared: Sendable {
    let feed: CommitFeed
    let typing: TypingBoard
    let caches: ReadCaches
    let lazyMembers: LazyMembers
    let serverName: ServerName
    let presence: PresenceBoard
    let circles: PresenceCircles
    let monotonicMilliseconds: @Sendable () -> Int
    let unread: UnreadBoard
    let ruleTexts = RuleTexts()
}

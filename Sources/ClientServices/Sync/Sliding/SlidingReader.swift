import Database
import HashTreeCollections
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// What one request of sliding sync asks for.
struct SlidingQuery: Sendable {
    let user: UserID
    /// The device, or what stands for it where the caller has none.
    let device: String
    let request: SlidingSync.Request
    /// Where the client stands; nil where it begins.
    let token: SlidingToken?
    /// The connection where it is ahead of the database; asked for before each look.
    var unwritten: UnwrittenConnection?
}

/// What all connections of sliding sync share.
struct SlidingShared: Sendable {
    let sync: SyncShared
    let lists = RoomListCache()
    let sent = SentRoomsCache()
    let unwritten = UnwrittenConnections()
    let departures = DepartureCache()
    let looks = FirstLookCache()
    let accountData = AccountDataCache()
}

/// Makes one answer of sliding sync in one snapshot of the database.
struct SlidingReader {
    let query: SlidingQuery
    let shared: SlidingShared
    /// The parts that all kinds of sync have in common.
    let sync: SyncReader
    /// What the rooms were told up to the client's last answer; nil where it begins.
    let sent: SentRooms?

    var reader: RoomReader { sync.reader }
    var user: UserID { query.user }
    var head: Position { sync.head }
    /// The position up to which the client was told everything else; nil where it begins.
    var from: Position? { query.token?.position }
    var isStable: Bool { query.request.isStable }

    /// Throws 400 `M_UNKNOWN_POS` where the client's position is none of the last two of its connection.
    static func read(_ query: SlidingQuery, _ shared: SlidingShared, _ transaction: Transaction, now: Int) throws -> SlidingAnswer {
        let head = try Positions.head(transaction)
        let sent = try query.token.map { token in try known(token, query, shared, transaction, head: head) }
        let plain = SyncQuery(
            user: query.user, device: query.device, since: nil, filter: .everything, fullState: false, stateForm: .after)
        let room = RoomReader(transaction: transaction, caches: shared.sync.caches, user: query.user)
        let rules = try PersonalRules.read(room, shared.sync.unread)
        let sync = SyncReader(
            reader: room, query: plain, shared: shared.sync, now: now, head: head, typingSerial: shared.sync.typing.serial,
            ignored: rules.ignoredNames, rules: rules)
        return try SlidingReader(query: query, shared: shared, sync: sync, sent: sent).answer()
    }

    private static func known(
        _ token: SlidingToken, _ query: SlidingQuery, _ shared: SlidingShared, _ transaction: Transaction, head: Position
    ) throws -> SentRooms {
        // "Servers MUST reject a `pos` that was not issued to the requesting user and device".
        guard let connection = try query.unwritten?.connection ?? SlidingConnectionStore(transaction).connection(token.connection),
            connection.user == query.user, connection.device == query.device, connection.name == query.request.connection,
            token.serial == connection.newest || token.serial == connection.previous, token.position <= head
        else { throw MatrixError.unknownPosition }
        if let state = query.unwritten?.sent(token.serial) { return SentRooms(connection: connection, serial: token.serial, state: state) }
        return try shared.sent.sent(connection, serial: token.serial, transaction)
    }

    private func answer() throws -> SlidingAnswer {
        var answer = SlidingAnswer(head: head, typing: sync.typingSerial, before: sent)
        if sent == nil, shared.unwritten.needsLargest { answer.largestConnection = try SlidingConnectionStore(reader.transaction).largestNumber() }
        answer.isUseNoted = (sent?.connection.used ?? 0) > sync.now - SlidingBounds.touchMilliseconds
        var known = SentRoomsDraft(sent)
        let list = try shared.lists.rooms(of: user, head: head, feed: shared.sync.feed, reader.transaction)
        let data = try shared.accountData.data(of: user, head: head, feed: shared.sync.feed, reader.transaction)
        let filter = RoomFilter(list.rooms, direct: data.direct, reader: reader, head: head)
        let request = query.request
        let windows = try RoomWindows(
            list.rooms, lists: request.lists, subscriptions: request.subscriptions, filter: filter,
            demand: { shared.looks.shared(StateDemand([$0.resolved(for: user)])) },
            isVisible: { try visibility(of: $0, isSubscribed: $1, known) })
        answer.counts = windows.counts

        let news = try NewsWindow(self)
        let newcomers = try self.newcomers(windows.wanted, known)
        if news.recounts || newcomers.looks.count + newcomers.rows.count > SlidingBounds.singleRooms { try sync.unread.prepareForAllRooms() }
        try noteMissedCounts(windows, news, &known)
        var told = ToldRooms()
        for wanted in windows.wanted {
            guard let result = try tell(wanted, newcomers, filter, news, &known) else { continue }
            told.note(wanted.room.room, result)
            if !result.news.isEmpty {
                answer.rooms.append((wanted.room.id, result.news.fragment(lists: wanted.lists, isStable: isStable)))
            }
        }
        try addExtensions(to: &answer, windows: windows, data: data, told: told, news: news, known: &known)
        answer.sent = SentState(rooms: known.rooms, demands: known.demands)
        answer.changedRooms = known.changed.sorted()
        answer.newDemands = known.newDemands
        return answer
    }

    /// What is at hand of rooms that are told for the first time; the rows of those that nobody looked at before are read at once.
    private func newcomers(_ wanted: [WantedRoom], _ known: SentRoomsDraft) throws -> Newcomers {
        var newcomers = Newcomers()
        var numbers: [Int64] = []
        for room in wanted where known.rooms[room.room.room] == nil {
            if let look = knownLook(of: room) { newcomers.looks[room.room.room] = look } else { numbers.append(room.room.room) }
        }
        if numbers.count > 1 { newcomers.rows = try RoomListQueries(reader.transaction).rows(of: user, rooms: numbers) }
        return newcomers
    }

    /// Notes, of rooms that the client knows and does not look at now, that what is unread may be something else.
    private func noteMissedCounts(_ windows: RoomWindows, _ news: NewsWindow, _ known: inout SentRoomsDraft) throws {
        guard news.recounts || !news.ownReceipts.isEmpty else { return }
        let shown = Set(windows.wanted.map(\.room.room))
        let numbers =
            news.recounts
            ? known.rooms.keys.sorted()
            : try news.ownReceipts.sorted().compactMap { id in
                try RoomID(id).flatMap { try RoomStore(reader.transaction).room($0) }?.number
            }
        for number in numbers where !shown.contains(number) { known.change(number) { $0.missedCounts = true } }
    }

    /// Whether a room is on the person's list, and whether a subscription may show it.
    private func visibility(
        of room: ListedRoom, isSubscribed: Bool, _ known: SentRoomsDraft
    ) throws -> (inLists: Bool, toSubscriptions: Bool) {
        switch room.membership {
        case .join, .knock: return (true, true)
        case .invite:
            guard try !InvitePermission.isBlocking(user, reader.transaction) else { return (false, false) }
            guard !sync.ignored.isEmpty else { return (true, true) }
            // "Servers must not send room invites from ignored users to clients."
            let sender = try reader.memberships.membership(of: user, room: room.room)?.sender.description
            let isWelcome = !sync.ignored.contains(sender ?? "")
            return (isWelcome, isWelcome)
        case .leave, .ban:
            let isKnown = known.rooms[room.room] != nil
            // "Rooms that the user has been in but left are only included if the room was previously sent to the client in that connection."
            if !isKnown, room.isOwnDoing, !isSubscribed { return (false, false) }
            // Forgetting tells the feed nothing.
            guard let row = try reader.memberships.membership(of: user, room: room.room), !row.isForgotten else { return (false, false) }
            // "Rooms the user has been kicked or banned from will always be included", those never joined will not.
            let wasJoined = try isKnown || shared.departures.wasJoined(before: room, reader)
            return (isKnown || !room.isOwnDoing && wasJoined, wasJoined)
        }
    }
}

/// What is at hand of rooms that an answer tells for the first time, by number.
struct Newcomers {
    var looks: [Int64: FirstLook] = [:]
    var rows: RoomListQueries.Rows = [:]
}

/// What the rooms were told, as an answer in the making changes it.
struct SentRoomsDraft {
    private(set) var rooms: SentRoomsMap
    private(set) var changed: Set<Int64> = []
    private(set) var demands: [Int: StateDemand]
    /// The numbers of demands that are new.
    private(set) var newDemands: [Int] = []

    init(_ sent: SentRooms?) {
        rooms = sent?.rooms ?? [:]
        demands = sent?.demands ?? [:]
    }

    /// Notes what a room will have been told.
    mutating func set(_ room: SlidingRoom) {
        guard rooms[room.room] != room else { return }
        rooms[room.room] = room
        changed.insert(room.room)
    }

    /// Changes what is noted of a room that was told of.
    mutating func change(_ number: Int64, _ body: (inout SlidingRoom) -> Void) {
        guard var room = rooms[number] else { return }
        body(&room)
        set(room)
    }

    /// The number of a demand; 400 `M_UNKNOWN_POS` where the connection had too many.
    mutating func number(of demand: StateDemand) throws -> Int {
        if let known = demands.first(where: { $0.value == demand })?.key { return known }
        // "A server may decide to 'expire' connections".
        guard demands.count < SlidingBounds.demands else { throw MatrixError.unknownPosition }
        let number = (demands.keys.max() ?? 0) + 1
        demands[number] = demand
        newDemands.append(number)
        return number
    }
}

extension MatrixError {
    /// 400 `M_UNKNOWN_POS`: the client begins anew.
    static let unknownPosition = MatrixError(400, ErrorCode(rawValue: "M_UNKNOWN_POS"), "This server does not know that position any more.")
}

import MatrixModel
import RoomServer
import Storage
import Synchronization

/// A room as a joined person who begins with it is told: all that stays the same as long as the room and the membership do.
struct FirstLook: Sendable {
    let room: RoomRow
    let row: MembershipRow
    /// The position of the room's last change.
    let changed: Position
    let demand: StateDemand
    let includesHeroes: Bool
    /// Whom the person ignored.
    let ignored: Set<String>
    /// The device that is told of what it sent itself; nil where all devices are told the same.
    let device: String?
    /// Senders of the events, of whom none asked to be forgotten.
    let senders: Set<UserID>

    let state: [ClientEvent]
    let timeline: [(event: ClientEvent, view: ClientEvent.Reader)]
    /// What the timeline's events are called, and where they stand.
    let shown: [EventID]
    let numbers: Set<Int64>
    let positions: [Position]
    let previousBatch: String
    let isLimited: Bool
    let name: String?
    let avatar: String?
    let heroes: JSONValue?
    let counts: (joined: Int, invited: Int)
    let bump: Position
    /// The slots of members that lazy loading sends.
    let members: [Int64]

    static let usualEventBytes = 384
}

/// Keeps first looks, which new connections of a person share, until their room changes.
final class FirstLookCache: Sendable {
    struct Key: Hashable {
        let user: UserID
        let room: Int64
        let timelineLimit: Int
    }
    private let looks = Mutex(TwoGenerations<Key, FirstLook>(limit: SlidingBounds.cachedLooks))
    private let demands = Mutex(TwoGenerations<StateDemand, StateDemand>(limit: SlidingBounds.cachedDemands))

    /// The same demand in the memory that others like it share, which compares at once.
    func shared(_ demand: StateDemand) -> StateDemand {
        demands.withLock { demands in
            if let known = demands.value(for: demand) { return known }
            demands.insert(demand, for: demand)
            return demand
        }
    }

    func look(_ key: Key) -> FirstLook? { looks.withLock { $0.value(for: key) } }

    func keep(_ look: FirstLook, _ key: Key) { looks.withLock { $0.insert(look, for: key) } }
}

extension SlidingReader {
    /// A look that was made before, and that making it anew would give again.
    func knownLook(of wanted: WantedRoom) -> FirstLook? {
        let listed = wanted.room
        let key = FirstLookCache.Key(user: user, room: listed.room, timelineLimit: wanted.timelineLimit)
        guard let look = shared.looks.look(key), look.changed == listed.changed, look.row.position == listed.position,
            look.row.event == listed.event, look.includesHeroes == wanted.includesHeroes, look.device == nil || look.device == query.device,
            look.demand == wanted.demand, look.ignored == sync.ignored, !hasErased(look.senders)
        else { return nil }
        return look
    }

    private func hasErased(_ senders: Set<UserID>) -> Bool {
        let erasures = reader.caches.erasures
        return !erasures.isEmpty && senders.contains { erasures.position(of: $0) != nil }
    }

    /// Looks at a room as somebody who begins with it.
    func look(_ access: RoomAccess, _ row: MembershipRow, _ wanted: WantedRoom) throws -> FirstLook {
        let (listed, room) = (wanted.room, access.room.number)
        let timeline = try sync.timeline(access, after: nil, through: head, remembered: nil, limit: wanted.timelineLimit)
        let shown = try sync.shown(access, timeline, isWhole: true, remembered: nil)
        let counts = try RoomListQueries(reader.transaction).memberCounts(room: room)
        var note = SlidingRoom(room: room, through: 0, timelineLimit: 0, shown: 0, demand: 0)
        var news = SlidingRoomNews()
        let state = try requiredState(
            &news, access, wanted, timeline, changes: [], earlier: nil, demand: nil, through: head, joined: counts.joined, &note)
        let avatar =
            wanted.demand.matches(.avatar)
            ? state.first { $0.event.type == "m.room.avatar" && $0.event.stateKey == "" }?.event.content["url"]?.string
            : try text(.avatar, "url", room: room, at: head)
        var heroes: JSONValue?
        if listed.name == nil, wanted.includesHeroes { heroes = try self.heroes(access.room) }
        let isOwn = shown.contains { $0.stored.event.sender == user }
        let senders = Set(state.map { $0.event.sender } + shown.map { $0.stored.event.sender })
        let look = FirstLook(
            room: access.room, row: row, changed: listed.changed, demand: wanted.demand, includesHeroes: wanted.includesHeroes,
            ignored: sync.ignored, device: isOwn ? query.device : nil, senders: senders,
            state: try clientEvents(state),
            timeline: try shown.map { event in
                let view = ClientEvent.Reader(
                    transactionID: event.transactionID, delayID: event.delayID, membership: event.membership, namesRoom: false, bundle: event.bundle)
                return (try reader.clientEvent(event.stored), view)
            },
            shown: shown.map { $0.stored.event.id }, numbers: timeline.numbers, positions: shown.compactMap { $0.stored.position },
            previousBatch: sync.start(of: timeline, emptyAt: head).description, isLimited: timeline.isLimited, name: listed.name,
            avatar: avatar.flatMap { $0.isEmpty ? nil : $0 },
            heroes: heroes, counts: counts, bump: try bumpStamp(listed, row), members: note.members)
        if !hasErased(senders) {
            shared.looks.keep(look, FirstLookCache.Key(user: user, room: room, timelineLimit: wanted.timelineLimit))
        }
        return look
    }

    /// Events of a state in their form for clients.
    private func clientEvents(_ stored: [StoredEvent]) throws -> [ClientEvent] {
        guard reader.caches.erasures.isEmpty else { return try stored.map { try reader.clientEvent($0) } }
        return try reader.caches.clientEvents(ofState: stored, reader.transaction)
    }

    /// What a look tells now.
    func told(_ look: FirstLook, _ note: inout SlidingRoom) throws -> ToldRoom {
        var news = SlidingRoomNews()
        news.isInitial = true
        let plain = ClientEvent.Reader(now: sync.now, membership: nil, namesRoom: false)
        if !look.state.isEmpty {
            var text: [UInt8] = []
            text.reserveCapacity(look.state.count * FirstLook.usualEventBytes)
            for event in look.state {
                text.append(UInt8(ascii: text.isEmpty ? "[" : ","))
                event.append(to: &text, for: plain)
            }
            text.append(UInt8(ascii: "]"))
            news.requiredStateText = text
        }
        news.timeline = look.timeline.map { event, view in
            var view = view
            view.now = sync.now
            return event.fragment(for: view)
        }
        news.previousBatch = look.previousBatch
        news.isLimited = look.isLimited
        news.liveCount = look.positions.count { $0 > from ?? head }
        news.name = look.name.map(JSONValue.string)
        news.avatar = look.avatar.map(JSONValue.string)
        news.heroes = look.heroes
        (news.joinedCount, news.invitedCount) = (look.counts.joined, look.counts.invited)
        let unread = try unread(look.room, look.row)
        news.unread = unread
        news.bumpStamp = look.bump
        (note.notifications, note.highlights) = (unread.notifications, unread.highlights)
        note.shown = look.timeline.count
        note.members = look.members
        return ToldRoom(news: news, shownEvents: look.shown, timeline: look.numbers)
    }
}

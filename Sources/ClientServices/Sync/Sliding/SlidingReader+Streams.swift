import Database
import MatrixAPI
import MatrixModel
import Storage

extension SlidingReader {
    /// The newest changes of what threads the person follows (MSC4308); the older ones are read by pages.
    func addThreadSubscriptions(_ wish: SlidingExtensions.Stream, to answer: inout SlidingAnswer) throws {
        let limit = min(wish.limit ?? SlidingBounds.threadSubscriptions, SlidingBounds.threadSubscriptions)
        let after = wasTold(.threads) ? from ?? 0 : 0
        let page = try ThreadSubscriptionPage(reader, after: after, through: head, limit: limit)
        guard !page.isEmpty else { return }
        answer.extensions.append((wish.name, page.fragment(tokenName: "prev_batch")))
        answer.hasExtensionNews = true
    }

    /// Sticky events of all rooms that a list has, within its window or not (MSC4480): the oldest first, until the client says it has them.
    func addStickyEvents(_ wish: SlidingExtensions.Stream, _ windows: RoomWindows, _ told: ToldRooms, to answer: inout SlidingAnswer) throws {
        var since: Position = 0
        if let text = wish.since {
            guard let position = Position(text), position >= 0 else { throw MatrixError.invalidParam("'since' is not a token of this server.") }
            since = position
        }
        let sticky = StickyReader(reader: reader, now: sync.now, ignored: sync.ignored)
        let busy = try StickyRoomQueries(reader.transaction).rooms(through: head, unexpiredAt: sync.now)
        var found: [(room: ListedRoom, event: StickyEvent)] = []
        var joined: [(room: ListedRoom, event: StickyEvent)] = []
        for room in windows.matched where room.membership == .join && busy[room.room] != nil {
            let shown = told.timelines[room.room] ?? []
            // "when a user joins a room, the server MUST include all unexpired sticky events for that room".
            var isNew = false
            if room.position > since, since > 0, let row = try RoomStore(reader.transaction).room(number: room.room) {
                isNew = try !sync.wasJoinedThroughout(row, from: since)
            }
            if isNew { joined += try sticky.events(room: room.room, after: 0, through: since, except: shown).map { (room, $0) } }
            if busy[room.room] ?? 0 > since {
                found += try sticky.events(room: room.room, after: since, through: head, except: shown).map { (room, $0) }
            }
        }
        found.sort { ($0.event.position, $0.event.stored.number) < ($1.event.position, $1.event.stored.number) }
        let limit = min(wish.limit ?? SlidingBounds.stickyEvents, SlidingBounds.stickyEvents)
        var next = head
        if found.count > limit {
            // What shares a position goes together: the token has no finer place.
            next = found[limit - 1].event.position
            found = Array(found.prefix { $0.event.position <= next })
        }
        found = joined + found
        guard !found.isEmpty else { return }
        var rooms: [(String, JSONFragment)] = []
        for (_, events) in Dictionary(grouping: found, by: \.room.room).sorted(by: { $0.key < $1.key }) {
            guard let id = events.first?.room.id else { continue }
            rooms.append((id, .object([("events", .array(try sticky.fragments(events.map(\.event), device: query.device)))])))
        }
        answer.extensions.append((wish.name, .object([("next_batch", .string(String(next))), ("rooms", .object(rooms))])))
        answer.hasExtensionNews = true
    }
}

/// Some changes of what threads a person follows, the newest ones after a position.
struct ThreadSubscriptionPage {
    private let subscriptions: [(room: RoomID, subscription: ThreadSubscriptionStore.Subscription)]
    /// The position below which there is more; nil where this is all.
    private let next: Position?

    var isEmpty: Bool { subscriptions.isEmpty }

    init(_ reader: RoomReader, after: Position, through: Position, limit: Int) throws {
        let read = try ThreadSubscriptionStore(reader.transaction).changes(of: reader.user, after: after, through: through, limit: limit + 1)
        subscriptions = Array(read.prefix(limit))
        next = read.count > limit ? subscriptions.last.map { $0.subscription.position - 1 } : nil
    }

    /// `subscribed` and `unsubscribed`, and where more begins, under that name.
    func fragment(tokenName: String) -> JSONFragment {
        var subscribed: JSONValue = [:]
        var unsubscribed: JSONValue = [:]
        for (room, subscription) in subscriptions {
            var entry: JSONValue = ["bump_stamp": .integer(Int(subscription.position))]
            let (room, root) = (room.description, subscription.root.description)
            if subscription.isSubscribed {
                entry["automatic"] = .bool(subscription.isAutomatic)
                var threads = subscribed[room] ?? [:]
                threads[root] = entry
                subscribed[room] = threads
            } else {
                var threads = unsubscribed[room] ?? [:]
                threads[root] = entry
                unsubscribed[room] = threads
            }
        }
        var members: [(String, JSONFragment)] = []
        if subscribed != [:] { members.append(("subscribed", .value(subscribed))) }
        if unsubscribed != [:] { members.append(("unsubscribed", .value(unsubscribed))) }
        if let next { members.append((tokenName, .string(String(next)))) }
        return .object(members)
    }
}

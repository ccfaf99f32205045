import MatrixAPI
import MatrixModel
import Storage

/// Goes back through a person's rooms, newest events first, for what notified them.
struct NotificationReader {
    let reader: RoomReader
    let shared: SyncShared
    /// Milliseconds since the epoch.
    let now: Int

    /// A room with what of it was read and not looked at yet.
    private struct Room {
        let access: RoomAccess
        let places: UnreadQueries.ReadPlaces
        /// Oldest first.
        var pending: [StoredEvent] = []
        /// Everything at and above this place was read.
        var bound: Int64
        /// The newest place that was not looked at.
        var newest: Int64
    }

    /// The notifications before a position; a token follows where there may be more.
    func page(before: Position, limit: Int, onlyHighlights: Bool) throws -> JSONFragment {
        let rules = try PersonalRules.read(reader, shared.unread)
        let evaluator = rules.evaluator ?? PushEvaluator(PushRuleset(stored: nil, user: reader.user), owner: reader.user)
        var rooms = try rooms(before: before)
        var found: [JSONFragment] = []
        var scanned = 0
        var last = before
        while let place = rooms.indices.max(by: { rooms[$0].newest < rooms[$1].newest }) {
            guard found.count < limit, scanned < UnreadLimits.pageScan else { break }
            guard let stored = try next(&rooms[place]) else {
                rooms.remove(at: place)
                continue
            }
            scanned += 1
            guard let position = stored.position else { continue }
            last = position
            if let notification = try notification(stored, rooms[place], rules, evaluator, onlyHighlights: onlyHighlights) {
                found.append(notification)
            }
        }
        var members: [(String, JSONFragment)] = [("notifications", .array(found))]
        if !rooms.isEmpty, last < .max { members.append(("next_token", .string("\(last)"))) }
        return .object(members)
    }

    private func rooms(before: Position) throws -> [Room] {
        let bound = before == .max ? Int64.max : TimelineOrder.ordering(of: before)
        let newest = try UnreadQueries(reader.transaction).newestPlaces(user: reader.user, before: bound)
        let places = try UnreadQueries(reader.transaction).readPlaces(user: reader.user)
        var rooms: [Room] = []
        for row in try reader.memberships.memberships(of: reader.user) where row.membership == .join {
            guard let place = newest[row.room], let room = try RoomStore(reader.transaction).room(number: row.room) else { continue }
            rooms.append(
                Room(
                    access: RoomAccess(room: room, user: reader.user, membership: row, joinedThrough: .max, isWorldReadable: false),
                    places: places[row.room] ?? UnreadQueries.ReadPlaces(), bound: bound, newest: place))
        }
        return rooms
    }

    /// The room's next older event; nil where there is none.
    private func next(_ room: inout Room) throws -> StoredEvent? {
        if room.pending.isEmpty {
            let read = try reader.events.timeline(room: room.access.room.number, before: room.bound, limit: UnreadLimits.pageBatch, newestFirst: true)
            room.pending = read.reversed()
            room.bound = read.last?.ordering ?? .min
        }
        let stored = room.pending.popLast()
        // At the room's beginning there is nothing below the bound.
        room.newest = room.pending.last?.ordering ?? (room.bound > .min ? room.bound - 1 : .min)
        return stored
    }

    private func notification(
        _ stored: StoredEvent, _ room: Room, _ rules: PersonalRules, _ evaluator: PushEvaluator, onlyHighlights: Bool
    ) throws -> JSONFragment? {
        guard stored.redaction == nil, !rules.ignored.contains(stored.event.sender) else { return nil }
        let source = TallySource(reader: reader, board: shared.unread)
        let outcome = try evaluator.outcome(of: stored.event) { need in try source.context(of: stored, need) }
        guard let outcome, outcome.notifies, outcome.highlights || !onlyHighlights else { return nil }
        // Who was not there was not notified, even if they may read it now.
        let (isVisible, membership) = try reader.visibility(of: stored, room.access)
        guard isVisible, membership == .join, let place = stored.ordering else { return nil }
        let thread = try reader.thread(of: stored)?.description ?? "main"
        let isRead = place <= max(room.places.unthreaded, room.places.threads[thread] ?? .min)
        let view = ClientEvent.Reader(now: now, transactionID: nil, membership: membership, namesRoom: false, bundle: nil)
        return .object([
            ("room_id", .string(room.access.room.id.description)), ("ts", .value(.integer(stored.event.originServerTS))), ("read", .bool(isRead)),
            ("actions", .value(.array(outcome.actions))), ("event", try reader.clientEvent(stored).fragment(for: view)),
        ])
    }
}

import Database
import MatrixModel
import RoomServer
import Storage
import Synchronization

/// The rooms of a person, those with the newest activity first.
struct PersonRooms: Sendable {
    /// The position of the journal that the list is of.
    let position: Position
    let rooms: [ListedRoom]

    /// The activity by which a room has its place.
    static func recency(_ room: ListedRoom) -> Position {
        switch room.membership {
        case .join: max(room.activity, room.position)
        case .invite, .knock, .leave, .ban: room.position
        }
    }

    /// The rooms in their order: what it goes by is looked up once for each.
    static func sorted(_ rooms: [ListedRoom]) -> [ListedRoom] {
        var order = rooms.indices.map { (recency: recency(rooms[$0]), room: rooms[$0].room, index: $0) }
        order.sort { $0.recency == $1.recency ? $0.room > $1.room : $0.recency > $1.recency }
        return order.map { rooms[$0.index] }
    }

    static func precedes(_ left: ListedRoom, _ right: ListedRoom) -> Bool {
        let (first, second) = (recency(left), recency(right))
        return first == second ? left.room > right.room : first > second
    }
}

/// Keeps the lists of people who sync, and brings them up to date by what the feed says changed.
final class RoomListCache: Sendable {
    private let lists = Mutex(TwoGenerations<UserID, PersonRooms>(limit: SlidingBounds.cachedLists))

    /// The person's rooms at `head`, the position of the transaction.
    func rooms(of user: UserID, head: Position, feed: CommitFeed, _ transaction: Transaction) throws -> PersonRooms {
        if let known = lists.withLock({ $0.value(for: user) }), known.position <= head {
            if known.position == head { return known }
            if let fresh = try refreshed(known, user, head: head, feed, transaction) { return keep(fresh, user) }
        }
        return keep(PersonRooms(position: head, rooms: PersonRooms.sorted(try RoomListQueries(transaction).rooms(of: user))), user)
    }

    private func keep(_ list: PersonRooms, _ user: UserID) -> PersonRooms {
        lists.withLock { lists in
            // A slower reader may come with an older one.
            if let other = lists.value(for: user), other.position >= list.position { return }
            lists.insert(list, for: user)
        }
        return list
    }

    /// The list with the rooms that changed since read anew; nil where memory does not know which.
    private func refreshed(
        _ known: PersonRooms, _ user: UserID, head: Position, _ feed: CommitFeed, _ transaction: Transaction
    ) throws -> PersonRooms? {
        guard let changes = feed.changes(after: known.position), (changes.last?.position ?? known.position) >= head else { return nil }
        var touched: Set<Int64> = []
        for change in changes where change.position <= head {
            if case .events(let room) = change.kind, change.concerns(user) || touches(room, user) { touched.insert(room.room) }
        }
        guard !touched.isEmpty else { return PersonRooms(position: head, rooms: known.rooms) }
        guard touched.count <= SlidingBounds.singleRooms else { return nil }
        let queries = RoomListQueries(transaction)
        var rooms = known.rooms
        rooms.removeAll { touched.contains($0.room) }
        for number in touched.sorted() {
            guard let room = try queries.room(number, of: user) else { continue }
            var low = 0
            var high = rooms.count
            while low < high {
                let middle = (low + high) / 2
                if PersonRooms.precedes(rooms[middle], room) { low = middle + 1 } else { high = middle }
            }
            rooms.insert(room, at: low)
        }
        return PersonRooms(position: head, rooms: rooms)
    }

    /// Whether the change may have made the person's membership another one: who is neither a member nor told may have been taken out.
    private func touches(_ room: RoomChange, _ user: UserID) -> Bool {
        room.events.contains { $0.event.type == "m.room.member" && $0.event.stateKey == user.description }
    }
}

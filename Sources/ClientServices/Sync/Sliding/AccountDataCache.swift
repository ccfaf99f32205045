import Database
import MatrixModel
import RoomServer
import Storage
import Synchronization

/// A person's account data: that of no room, and that of rooms as far as it was asked for.
struct PersonalAccountData: Sendable {
    /// The position of the journal that it is of.
    var position: Position
    let entries: [AccountDataEntry]
    /// The rooms that `m.direct` has.
    let direct: Set<String>
    /// Of rooms that were asked for, in order of types.
    var rooms: [RoomID: [AccountDataEntry]] = [:]
}

/// Keeps the account data of people who begin connections; the feed says whether it is still what it was.
final class AccountDataCache: Sendable {
    private let people = Mutex(TwoGenerations<UserID, PersonalAccountData>(limit: SlidingBounds.cachedPeople))

    /// The person's account data at `head`, the position of the transaction.
    func data(of user: UserID, head: Position, feed: CommitFeed, _ transaction: Transaction) throws -> PersonalAccountData {
        if let known = people.withLock({ $0.value(for: user) }), known.position <= head {
            if known.position == head { return known }
            if isUnchanged(known, user, head: head, feed) {
                var data = known
                data.position = head
                return keep(data, user)
            }
        }
        let entries = try AccountDataStore(transaction).entries(user: user)
        var direct: Set<String> = []
        for (_, list) in entries.first(where: { $0.type == "m.direct" })?.content.members.map({ $0 }) ?? [] {
            direct.formUnion(list.elements.compactMap(\.string))
        }
        return keep(PersonalAccountData(position: head, entries: entries, direct: direct), user)
    }

    /// The data of those rooms, which is read where nobody asked for it before.
    func rooms(_ rooms: [RoomID], in data: PersonalAccountData, of user: UserID, _ transaction: Transaction) throws -> [RoomID: [AccountDataEntry]] {
        let absent = rooms.filter { data.rooms[$0] == nil }
        guard !absent.isEmpty else { return data.rooms }
        let read = try RoomListQueries(transaction).roomData(of: user, rooms: absent)
        var found = data.rooms
        for room in absent { found[room] = read[room] ?? [] }
        if found.count <= SlidingBounds.cachedRoomData {
            var data = data
            data.rooms = found
            _ = keep(data, user)
        }
        return found
    }

    private func isUnchanged(_ known: PersonalAccountData, _ user: UserID, head: Position, _ feed: CommitFeed) -> Bool {
        guard let changes = feed.changes(after: known.position), (changes.last?.position ?? known.position) >= head else { return false }
        return !changes.contains { change in
            if case .user(let other) = change.kind { change.position <= head && other == user } else { false }
        }
    }

    private func keep(_ data: PersonalAccountData, _ user: UserID) -> PersonalAccountData {
        people.withLock { people in
            // A slower reader may come with an older one.
            if let other = people.value(for: user), other.position > data.position { return }
            people.insert(data, for: user)
        }
        return data
    }
}

import HashTreeCollections
import MatrixAPI
import MatrixModel
import Storage

/// The rooms that an extension tells of.
struct ScopedRooms {
    let rooms: [WantedRoom]
    let ids: Set<String>
    let numbers: Set<Int64>

    init(_ rooms: [WantedRoom]) {
        self.rooms = rooms
        ids = Set(rooms.map(\.room.id))
        numbers = Set(rooms.map(\.room.room))
    }
}

extension SlidingReader {
    /// "should only include rooms belonging at least one of the sliding windows in `lists`, or rooms whose IDs are in `rooms`".
    func scoped(_ windows: RoomWindows, _ scope: SlidingExtensions.Scope) -> ScopedRooms {
        if scope.lists == nil, scope.rooms == nil { return windows.scope }
        let named = scope.rooms.map { Set($0.map(\.description)) }
        return ScopedRooms(
            windows.wanted.filter { wanted in
                if wanted.lists.contains(where: { scope.lists?.contains($0) ?? true }) { return true }
                return wanted.isSubscribed && named?.contains(wanted.room.id) ?? true
            })
    }

    /// Notes, of rooms that the client knows and the extension does not tell of now, that something changed there.
    func markMissed(
        _ changed: Set<String>, isAnew: Bool, _ scoped: ScopedRooms, _ mark: WritableKeyPath<SlidingRoom, Position?>,
        _ known: inout SentRoomsDraft
    ) throws {
        if isAnew {
            for number in known.rooms.keys.sorted() where !scoped.numbers.contains(number) { known.change(number) { $0[keyPath: mark] = 0 } }
            return
        }
        guard let from else { return }
        for id in changed.sorted() where !scoped.ids.contains(id) {
            guard let number = try RoomID(id).flatMap({ try RoomStore(reader.transaction).room($0) })?.number else { continue }
            known.change(number) { if $0[keyPath: mark] == nil { $0[keyPath: mark] = from } }
        }
    }
}

import MatrixModel
import Synchronization

/// Who is typing where; kept in memory alone. Each change has its serial.
final class TypingBoard: Sendable {
    private struct Room {
        /// Each typist with the moment at which they cease to be one, in monotonic milliseconds.
        var typists: [UserID: Int] = [:]
        var serial: Int64
    }
    private struct State {
        var rooms: [RoomID: Room] = [:]
        /// The serial of the newest change.
        var newest: Int64 = 0
    }

    private let serials: EphemeralSerials
    private let state = Mutex(State())
    /// Yields where somebody begins to type.
    let activity: AsyncStream<Void>
    private let activityContinuation: AsyncStream<Void>.Continuation

    init(serials: EphemeralSerials) {
        self.serials = serials
        (activity, activityContinuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// The serial of the newest change, here or of presence.
    var serial: Int64 { serials.newest }

    /// Notes that a user types until a moment, or no more where nil; true where the room's list changed.
    func set(_ user: UserID, in room: RoomID, until end: Int?) -> Bool {
        let changed: Void? = serials.advance { serial in
            state.withLock { state in
                let isKnown = state.rooms[room]?.typists[user] != nil
                guard isKnown || end != nil else { return nil }
                if let end, isKnown {
                    state.rooms[room]?.typists[user] = end
                    return nil
                }
                state.newest = serial
                state.rooms[room, default: Room(serial: 0)].typists[user] = end
                state.rooms[room]?.serial = serial
                return ()
            }
        }
        if end != nil { activityContinuation.yield() }
        return changed != nil
    }

    /// The typists of a room, by name, and the serial of its newest change; nil where nobody typed there.
    func typists(in room: RoomID) -> (users: [UserID], serial: Int64)? {
        state.withLock { state in state.rooms[room].map { ($0.typists.keys.sorted(), $0.serial) } }
    }

    /// Rooms whose list changed after a serial.
    func rooms(changedAfter serial: Int64) -> [RoomID] {
        state.withLock { state in
            guard state.newest > serial else { return [] }
            return state.rooms.filter { $0.value.serial > serial }.keys.sorted()
        }
    }

    /// The moment at which the next typist ceases, nil where nobody types.
    var nextEnd: Int? {
        state.withLock { state in state.rooms.values.compactMap { $0.typists.values.min() }.min() }
    }

    /// Takes out who ceased to type by `now`; gives the rooms that changed.
    func expire(at now: Int) -> [RoomID] {
        serials.advance { serial in
            state.withLock { state in
                var changed: [RoomID] = []
                for room in state.rooms.keys.sorted() {
                    guard let ended = state.rooms[room]?.typists.filter({ $0.value <= now }).keys, !ended.isEmpty else { continue }
                    for user in ended { state.rooms[room]?.typists[user] = nil }
                    state.newest = serial
                    state.rooms[room]?.serial = serial
                    changed.append(room)
                }
                return changed.isEmpty ? nil : changed
            }
        } ?? []
    }

    /// The event that clients are shown.
    static func event(_ users: [UserID]) -> JSONValue {
        ["type": "m.typing", "content": ["user_ids": .array(users.map { .string($0.description) })]]
    }
}

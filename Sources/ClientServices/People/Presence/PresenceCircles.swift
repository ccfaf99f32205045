import Database
import MatrixModel
import RoomServer
import Storage
import Synchronization

/// In which rooms people are, for telling who may know of whose presence; in memory as far as it is asked for, and in step with the journal.
final class PresenceCircles: Sendable {
    /// Somebody who came into a room.
    struct Arrival: Sendable, Hashable {
        let user: UserID
        let room: Int64
    }

    private struct State {
        /// The rooms that a user is joined to, in order.
        var rooms = TwoGenerations<UserID, [Int64]>(limit: PresenceLimits.circles)
        /// Up to here the journal's changes were followed.
        var cursor: Position
        var arrivals: [Arrival] = []
        /// Grows with each change of memberships.
        var version = 0
    }

    private let feed: CommitFeed
    private let state: Mutex<State>

    init(feed: CommitFeed) {
        self.feed = feed
        state = Mutex(State(cursor: feed.head))
    }

    /// The rooms that a user is joined to, in order.
    func rooms(of user: UserID, _ transaction: Transaction) throws -> [Int64] {
        follow()
        if let known = state.withLock({ $0.rooms.value(for: user) }) { return known }
        let rooms = try PresenceStore(transaction).rooms(of: user)
        let head = try Positions.head(transaction)
        state.withLock { state in
            // An older snapshot may not show what was followed already.
            if head >= state.cursor { state.rooms.insert(rooms, for: user) }
        }
        return rooms
    }

    /// Grows whenever memberships changed.
    var version: Int {
        follow()
        return state.withLock { $0.version }
    }

    /// Those who came into rooms since this was last asked.
    func takeArrivals() -> [Arrival] {
        follow()
        return state.withLock { state in
            defer { state.arrivals = [] }
            return state.arrivals
        }
    }

    /// Forgets whose memberships changed.
    private func follow() {
        state.withLock { state in
            guard feed.head > state.cursor else { return }
            guard let changes = feed.changes(after: state.cursor) else {
                state.cursor = feed.head
                state.rooms = TwoGenerations(limit: PresenceLimits.circles)
                state.version += 1
                return
            }
            for change in changes {
                state.cursor = max(state.cursor, change.position)
                guard case .events(let room) = change.kind, !room.stateChanges.isEmpty else { continue }
                let slots = Set(room.events.compactMap(\.slot))
                // A resolution may have changed memberships without an event of theirs.
                if room.stateChanges.contains(where: { !slots.contains($0.slot) }) {
                    state.rooms = TwoGenerations(limit: PresenceLimits.circles)
                    state.version += 1
                }
                for stored in room.events where stored.event.type == "m.room.member" {
                    guard let user = stored.event.stateKey.flatMap({ UserID($0) }) else { continue }
                    state.rooms.remove(user)
                    state.version += 1
                    if stored.event.membership == .join, state.arrivals.count < PresenceLimits.arrivals {
                        state.arrivals.append(Arrival(user: user, room: room.room))
                    }
                }
            }
        }
    }

    /// Whether two ordered lists have a room in common.
    static func meet(_ first: [Int64], _ second: [Int64]) -> Bool {
        var (left, right) = (0, 0)
        while left < first.count, right < second.count {
            if first[left] == second[right] { return true }
            if first[left] < second[right] { left += 1 } else { right += 1 }
        }
        return false
    }
}

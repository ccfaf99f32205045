import Database
public import HashTreeCollections
public import MatrixModel
import RoomGraph
public import Storage

/// What one user may see of one room. Nobody gets a room's events without one.
public struct RoomView: Sendable {
    public let room: RoomSnapshot
    public let user: UserID
    /// The user's membership; nil for someone who looks into a world-readable room from outside.
    public let membership: Membership?
    /// Where the user's view of the room ends: the position of their leaving, nil while they are in it.
    public let end: Position?
    /// Which events the user may see.
    public let visibility: RoomVisibility
    private let server: RoomServer

    init(
        room: RoomSnapshot, user: UserID, membership: Membership?, end: Position?, visibility: RoomVisibility, server: RoomServer
    ) {
        self.room = room
        self.user = user
        self.membership = membership
        self.end = end
        self.visibility = visibility
        self.server = server
    }

    /// Events between two places of the timeline (`TimelineOrder`), at most `limit`, without those that the user may not see.
    ///
    /// `reached` is the last place looked at, whether its event is shown or not; nil where the timeline ended.
    public func timeline(
        after: Int64 = .min, before: Int64 = .max, limit: Int, newestFirst: Bool
    ) async throws -> (events: [StoredEvent], reached: Int64?) {
        let number = room.number
        let last = min(before, end.map { TimelineOrder.end(of: $0) + 1 } ?? .max)
        let events = try await server.database.read {
            try EventStore($0).timeline(room: number, after: after, before: last, limit: limit, newestFirst: newestFirst)
        }
        return (events.filter(visibility.allows), events.count < limit ? nil : events.last?.ordering)
    }

    /// One event; nil where it is not there or not to be seen.
    public func event(_ id: EventID) async throws -> StoredEvent? {
        guard let stored = try await server.database.read({ try EventStore($0).event(id) }) else { return nil }
        guard stored.room == room.number, stored.flags.isShown, visibility.allows(stored) else { return nil }
        if let end, let position = stored.position, position > end { return nil }
        return stored
    }

    /// The room's state: the current one, or that at which the user left.
    public func state() async throws -> StateMap {
        guard let end else { return room.state }
        let number = room.number
        return try await server.database.read { try StateStore($0).currentState(room: number, at: end) }
    }

    /// The state before an event.
    public func state(before stored: StoredEvent) async throws -> StateMap {
        guard let reference = stored.before else { return try await state() }
        return try await server.room(room.id).state(at: reference)
    }

    /// The state as it stood at a position of the journal.
    public func state(at position: Position) async throws -> StateMap {
        let number = room.number
        let last = min(position, end ?? position)
        return try await server.database.read { try StateStore($0).currentState(room: number, at: last) }
    }

    /// The event at one slot of `state()`.
    public func stateEvent(_ key: StateKey) async throws -> Event? {
        guard let slot = try await server.slotNumber(key), let number = try await state()[slot] else { return nil }
        return try await server.events(numbers: [number])[number]
    }

    /// All events of `state()`.
    public func stateEvents() async throws -> [Event] {
        try await server.events(of: try await state())
    }
}

extension RoomServer {
    /// What a user may see of a room. Throws 403 `M_FORBIDDEN` for a room that the user is not and never was in, unless it is world-readable,
    /// and for unknown rooms likewise, so that nobody learns which rooms exist.
    public func view(of id: RoomID, as user: UserID) async throws -> RoomView {
        let refusal = MatrixError.forbidden("You are not in the room \(id).")
        guard let snapshot = try await snapshot(of: id) else { throw refusal }
        let number = snapshot.number
        let row = try await database.read { try MembershipStore($0).membership(of: user, room: number) }
        let visibility = try await visibility(of: snapshot, for: user)
        if row?.membership == .join { return RoomView(room: snapshot, user: user, membership: .join, end: nil, visibility: visibility, server: self) }
        let isOpen = HistoryVisibility(of: try await stateEvent(.historyVisibility, in: id)) == .worldReadable && snapshot.isParticipating
        if isOpen {
            return RoomView(room: snapshot, user: user, membership: row?.membership, end: nil, visibility: visibility, server: self)
        }
        guard let row, visibility.wasJoined, row.membership == .leave || row.membership == .ban else {
            throw refusal
        }
        return RoomView(
            room: snapshot, user: user, membership: row.membership, end: row.position, visibility: visibility, server: self)
    }

    /// Which events of a room a user may see.
    public func visibility(of room: RoomSnapshot, for user: UserID) async throws -> RoomVisibility {
        let visibilitySlot = try await slotNumber(.historyVisibility)
        let memberSlot = try await slotNumber(.member(user))
        let number = room.number
        let (visibilities, memberships) = try await database.read { transaction in
            let store = StateStore(transaction)
            return (
                try visibilitySlot.map { try store.history(room: number, slot: $0) } ?? [],
                try memberSlot.map { try store.history(room: number, slot: $0) } ?? []
            )
        }
        let events = try await events(numbers: visibilities.compactMap(\.event) + memberships.compactMap(\.event))
        return RoomVisibility(
            user: user, visibilities: visibilities.map { ($0.position, HistoryVisibility(of: $0.event.flatMap { events[$0] })) },
            memberships: memberships.map { ($0.position, $0.event.flatMap { events[$0] }?.membership) })
    }
}

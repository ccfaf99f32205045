import Database
import HashTreeCollections
import MatrixModel
import RoomGraph
import RoomServer
import Storage

/// Reads rooms for one person in one snapshot; what it gives passed the rules of history visibility.
struct RoomReader {
    let transaction: Transaction
    let caches: ReadCaches
    let user: UserID

    var events: EventStore { EventStore(transaction) }
    var state: StateStore { StateStore(transaction) }
    var memberships: MembershipStore { MembershipStore(transaction) }

    // MARK: Access

    /// The room as far as the person may see it; 403 for who never was a member of a room that is not open to all.
    func access(to id: RoomID) throws -> RoomAccess {
        guard let room = try RoomStore(transaction).room(id) else { throw RoomReader.notMember }
        let access = try self.access(to: room)
        guard access.isJoined || access.isWorldReadable || access.joinedThrough != nil else { throw RoomReader.notMember }
        return access
    }

    /// The room of a joined member; else 403.
    func joined(_ id: RoomID) throws -> RoomAccess {
        guard let room = try RoomStore(transaction).room(id) else { throw RoomReader.notMember }
        let row = try memberships.membership(of: user, room: room.number)
        guard row?.membership == .join else { throw RoomReader.notMember }
        return RoomAccess(room: room, user: user, membership: row, joinedThrough: .max, isWorldReadable: false)
    }

    static let notMember = MatrixError.forbidden("You are not a member of this room.")

    /// How far the person may see into a room, perhaps not at all.
    func access(to room: RoomRow) throws -> RoomAccess {
        let row = try memberships.membership(of: user, room: room.number)
        if let row, row.membership == .join {
            return RoomAccess(room: room, user: user, membership: row, joinedThrough: .max, isWorldReadable: false)
        }
        let isWorldReadable =
            try currentEvent(.historyVisibility, room: room.number)
            .map { HistoryVisibility(of: $0.event) == .worldReadable } ?? false
        // "After this API is called, however, a user will no longer be able to retrieve history for this room."
        let through = row?.isForgotten == true ? nil : try lastJoined(room: room.number)
        return RoomAccess(room: room, user: user, membership: row, joinedThrough: through, isWorldReadable: isWorldReadable)
    }

    /// The position at which the person ceased to be joined, nil where they never were.
    func lastJoined(room: Int64) throws -> Position? {
        guard let slot = try caches.slot(.member(user), transaction) else { return nil }
        var last: Position?
        var isJoined = false
        for change in try state.history(room: room, slot: slot) {
            let membership = try change.event.flatMap { try events.event(number: $0) }?.event.membership
            if isJoined, membership != .join { last = change.position }
            isJoined = membership == .join
        }
        return isJoined ? .max : last
    }

    // MARK: Events

    /// Whether the person may see an event, and the membership they had at it (client-server API, "Room History Visibility").
    func visibility(of stored: StoredEvent, _ access: RoomAccess) throws -> (isVisible: Bool, membership: Membership?) {
        guard stored.flags.isShown else { return (false, nil) }
        let event = stored.event
        let isOwnMembership = event.type == "m.room.member" && event.stateKey == access.user.description
        guard let setting = try setting(before: stored, access.room) else { return (isOwnMembership, nil) }
        let earlier = try stored.before.flatMap { try caches.membership(of: access.user, in: $0, transaction) }
        // "the user joined the room at any point after the event was sent".
        let joinedLater = access.joinedThrough.map { $0 >= stored.position ?? 0 } ?? false
        let isVisible = HistoryVisibility.isVisible(
            event, to: access.user, visibilityBefore: setting, membershipBefore: earlier, joinedLater: joinedLater)
        // Of a change of their own membership, people are told what it made them.
        return (isVisible, (isOwnMembership ? event.membership : earlier) ?? .leave)
    }

    /// The visibility before an event; nil where the state there is not known and the room keeps its history to members.
    private func setting(before stored: StoredEvent, _ room: RoomRow) throws -> HistoryVisibility? {
        if let before = stored.before { return try caches.visibility(in: before, transaction) }
        if stored.event.type == "m.room.create" { return .shared }
        let now = HistoryVisibility(of: try currentEvent(.historyVisibility, room: room.number)?.event)
        switch now {
        case .worldReadable, .shared: return now
        case .invited, .joined: return nil
        }
    }

    /// An event of the room that the person may see, in its form for clients.
    func visible(_ id: EventID, _ access: RoomAccess) throws -> (stored: StoredEvent, membership: Membership?)? {
        guard let stored = try events.event(id), stored.room == access.room.number else { return nil }
        let (isVisible, membership) = try visibility(of: stored, access)
        return isVisible ? (stored, membership) : nil
    }

    /// An event in its form for clients; cut down where its sender asked to be forgotten before the person came into the room.
    func clientEvent(_ stored: StoredEvent) throws -> ClientEvent {
        if let erased = caches.erasures.position(of: stored.event.sender),
            try !ErasureStore(transaction).wasJoined(user, room: stored.room, through: erased)
        {
            return ClientEvent(Redaction.redact(stored.event), relation: .none, redaction: stored.redaction)
        }
        return try caches.clientEvent(stored, transaction)
    }

    // MARK: State

    /// The event in a slot of the present state, or of an earlier one.
    func currentEvent(_ key: StateKey, room: Int64, at position: Position = .max) throws -> StoredEvent? {
        guard let slot = try caches.slot(key, transaction), let number = try state.currentEvent(room: room, slot: slot, at: position) else {
            return nil
        }
        return try events.event(number: number)
    }

    /// The state of the room as the person may see it: now, or when they left; by event number.
    func stateEvents(_ access: RoomAccess) throws -> [StoredEvent] {
        let map = try state.currentState(room: access.room.number, at: access.present)
        return try events.events(numbers: map.values.sorted())
    }
}

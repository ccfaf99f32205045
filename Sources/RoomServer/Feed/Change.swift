public import MatrixModel
public import Storage

/// One durable change, as those who react to it hear of it.
public struct Change: Sendable {
    /// The journal's position after the change.
    public let position: Position
    public let kind: Kind

    /// What changed.
    public enum Kind: Sendable {
        /// Events of one room.
        case events(RoomChange)
        /// Something of one user alone: account data.
        case user(UserID)
        /// Something of several users, each for itself: messages for their devices.
        case users(Set<UserID>)
        /// Devices or keys of somebody, seen by those of this server who share a room with them.
        case deviceList(seenBy: Set<UserID>)
        /// Receipts or other small state of a room, seen by its members on this server.
        case room(number: Int64, members: Set<UserID>)
    }

    public init(position: Position, kind: Kind) {
        self.position = position
        self.kind = kind
    }

    /// Whether a user's sync shows the change.
    public func concerns(_ user: UserID) -> Bool {
        switch kind {
        case .events(let change): change.members.contains(user) || change.further.contains(user)
        case .user(let other): other == user
        case .users(let users), .deviceList(let users): users.contains(user)
        case .room(_, let members): members.contains(user)
        }
    }
}

/// What a commit did to a room.
public struct RoomChange: Sendable {
    /// The room's number.
    public let room: Int64
    public let roomID: RoomID
    /// The live events, in order, each with its position; soft-failed, rejected and historical ones are not among them.
    public let events: [StoredEvent]
    /// Users of this server who are joined after the change.
    public let members: UserSet
    /// Further users of this server whom it concerns: just removed, invited, knocking.
    public let further: Set<UserID>
    /// The slots of the current state that changed.
    public let stateChanges: [StateChange]
    /// Whether an entry of the outbox was written.
    public let hasOutbox: Bool
    /// The client's transaction that made the last event, for `unsigned.transaction_id`.
    public let clientTransaction: ClientTransactionKey?

    public init(
        room: Int64, roomID: RoomID, events: [StoredEvent], members: UserSet, further: Set<UserID>, stateChanges: [StateChange],
        hasOutbox: Bool, clientTransaction: ClientTransactionKey?
    ) {
        self.room = room
        self.roomID = roomID
        self.events = events
        self.members = members
        self.further = further
        self.stateChanges = stateChanges
        self.hasOutbox = hasOutbox
        self.clientTransaction = clientTransaction
    }
}

extension RoomChange {
    /// What a commit that became durable did.
    init(_ commit: RoomCommit, _ receipt: CommitReceipt, roomID: RoomID, members: UserSet, further: Set<UserID>) {
        var events: [StoredEvent] = []
        var hasOutbox = !commit.stickyTargets.isEmpty
        for new in commit.events + commit.promoted.map(\.event) {
            guard let position = receipt.position(of: new.number) else { continue }
            hasOutbox = hasOutbox || new.outbox != nil
            events.append(
                StoredEvent(
                    number: new.number, event: new.event, room: commit.room, position: position,
                    ordering: TimelineOrder.ordering(of: position), slot: new.slot, flags: new.flags, before: new.before, after: new.after,
                    redaction: commit.redactions.first { $0.target == new.number }?.redaction))
        }
        self.init(
            room: commit.room, roomID: roomID, events: events, members: members, further: further, stateChanges: commit.currentStateChanges,
            hasOutbox: hasOutbox, clientTransaction: commit.clientTransaction)
    }
}

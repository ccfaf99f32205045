public import MatrixModel

/// Everything that one decision changes in one room; a value that the journal makes durable in one transaction.
public struct RoomCommit: Sendable {
    /// The room's number.
    public var room: Int64
    /// The revision that the decision was made on; another one in the database refuses the commit.
    public var expectedRevision: Int64
    /// Where the state log has the current state after the commit.
    public var current: StateReference?
    public var events: [NewStoredEvent] = []
    /// Slots that the commit uses and that may not be stored yet.
    public var newSlots: [NewSlot] = []
    /// What the state log gains, in order.
    public var stateExtensions: [StateExtension] = []
    /// Changes of the room's current state.
    public var currentStateChanges: [StateChange] = []
    /// Memberships that the current state changes bring.
    public var memberships: [MembershipChange] = []
    /// Forward extremities that the events replace, and those that they become.
    public var removedExtremities: [Int64] = []
    public var addedExtremities: [Int64] = []
    /// Prev events that are absent, with the number of the event that names them.
    public var missing: [(missing: EventID, namedBy: Int64)] = []
    /// Redactions to carry out: the target's number, what is left of it, and the redaction's number.
    public var redactions: [Redaction] = []
    /// Redactions of events that are not here yet: the target, and the redaction's number.
    public var waitingRedactions: [(target: EventID, redaction: Int64)] = []
    /// Events known as outliers until now that take their place in the graph.
    public var promoted: [Promotion] = []
    /// Whether the room is one that this server takes part in; nil leaves it as it is.
    public var isParticipating: Bool?
    /// Whether no event of this commit can be one that another event lacked: those that this server just made.
    public var skipsGapCheck = false
    /// The client's transaction that this commit answers; repeated requests find the event.
    public var clientTransaction: ClientTransactionKey?
    /// The number of the delayed event that the last event is; the commit is refused where that waits no more.
    public var delayedEvent: Int64?
    /// Sticky events among these, and soft-failed ones of before that the room lets in now.
    public var stickyEvents: [StickyMark] = []
    public var admittedStickyEvents: [Int64] = []
    /// Servers that join by this commit, which are sent what this server's users keep sticky.
    public var stickyTargets: [ServerName] = []
    /// The server whose sticky events those are.
    public var stickyOrigin: ServerName?
    /// When the commit was decided, in milliseconds since the epoch.
    public var decidedAt = 0

    public init(room: Int64, expectedRevision: Int64, current: StateReference?) {
        self.room = room
        self.expectedRevision = expectedRevision
        self.current = current
    }

    /// Whether clients are told of sticky events that the commit brings or lets in.
    var showsSticky: Bool { !admittedStickyEvents.isEmpty || stickyEvents.contains(where: \.isShown) }

    /// The content of one event cut down.
    public struct Redaction: Sendable {
        public let target: Int64
        /// The redacted event's canonical bytes.
        public let json: [UInt8]
        public let redaction: Int64
        public init(target: Int64, json: [UInt8], redaction: Int64) {
            self.target = target
            self.json = json
            self.redaction = redaction
        }
    }

    /// An outlier's new standing.
    public struct Promotion: Sendable {
        /// The event as it stands from now on; its number is the outlier's.
        public let event: NewStoredEvent
        public init(_ event: NewStoredEvent) { self.event = event }
    }
}

/// A slot with the number that it was given.
public struct NewSlot: Sendable {
    public let number: Int64
    public let key: StateKey
    public init(number: Int64, key: StateKey) {
        self.number = number
        self.key = key
    }
}

/// An event that a commit stores.
public struct NewStoredEvent: Sendable {
    /// Where an event stands in the orders.
    public enum Place: Sendable, Equatable {
        /// At the journal's head: it takes the next position.
        case live
        /// In the timeline at that place, without a position: fetched history.
        case history(ordering: Int64)
        /// In the timeline just before the event of that number, without a position: what that event named and lacked.
        case before(event: Int64)
        /// Nowhere: an outlier.
        case none
    }

    public let number: Int64
    public let event: Event
    public let slot: Int64?
    public let flags: EventFlags
    public let before: StateReference?
    public let after: StateReference?
    public let place: Place
    /// Set for events that other servers must be sent: servers beyond those in the room.
    public let outbox: [ServerName]?

    public init(
        number: Int64, event: Event, slot: Int64?, flags: EventFlags, before: StateReference?, after: StateReference?, place: Place,
        outbox: [ServerName]?
    ) {
        self.number = number
        self.event = event
        self.slot = slot
        self.flags = flags
        self.before = before
        self.after = after
        self.place = place
        self.outbox = outbox
    }
}

/// A membership that the current state gives a user, or takes away.
public struct MembershipChange: Sendable {
    public let user: UserID
    /// Nil where the state no longer names the user.
    public let membership: Membership?
    public let sender: UserID
    /// The number of the member event.
    public let event: Int64
    /// Stripped state that came with an invite or knock, as the JSON text of an array.
    public let stripped: [UInt8]?

    public init(user: UserID, membership: Membership?, sender: UserID, event: Int64, stripped: [UInt8]? = nil) {
        self.user = user
        self.membership = membership
        self.sender = sender
        self.event = event
        self.stripped = stripped
    }
}

/// A client's transaction identifier with its scope: the same one again is the same request (client-server API, "Transaction identifiers").
public struct ClientTransactionKey: Hashable, Sendable {
    public let user: UserID
    /// The device, or the access token's row for callers without one.
    public let device: String
    /// The endpoint with its path parameters, such as the room and event type.
    public let scope: String
    public let id: String

    public init(user: UserID, device: String, scope: String, id: String) {
        self.user = user
        self.device = device
        self.scope = scope
        self.id = id
    }
}

/// What a commit became.
public struct CommitReceipt: Sendable {
    /// The position of each event with place `live`, by its number, in the order of the commit.
    public let positions: [(event: Int64, position: Position)]
    /// The journal's last position of this commit.
    public let head: Position
    /// Whether the commit took a position: one that changes nothing for clients does not.
    public let tookPosition: Bool

    /// The position of one event.
    public func position(of event: Int64) -> Position? {
        positions.first { $0.event == event }?.position
    }
}

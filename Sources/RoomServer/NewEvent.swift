public import MatrixModel
public import Storage

/// An event that a user of this server wants to send.
public struct NewEvent: Sendable {
    public var type: String
    /// Present for state events.
    public var stateKey: String?
    public var sender: UserID
    public var content: JSON
    /// What a redaction names.
    public var redacts: EventID?
    /// The client's transaction; the same one again gives the same event.
    public var transaction: ClientTransactionKey?
    /// Milliseconds since the epoch, where it is not now (application services' timestamp massaging).
    public var originServerTS: Int?
    /// How long the event is sticky, in milliseconds (MSC4354).
    public var stickyMilliseconds: Int?
    /// The number of the delayed event that this is; it ends in the same commit.
    public var delayedEvent: Int64?

    public init(
        type: String, stateKey: String? = nil, sender: UserID, content: JSON, redacts: EventID? = nil, transaction: ClientTransactionKey? = nil,
        originServerTS: Int? = nil
    ) {
        self.type = type
        self.stateKey = stateKey
        self.sender = sender
        self.content = content
        self.redacts = redacts
        self.transaction = transaction
        self.originServerTS = originServerTS
    }

    /// The same with the content as a tree.
    public init(
        type: String, stateKey: String? = nil, sender: UserID, content: JSONValue, redacts: EventID? = nil,
        transaction: ClientTransactionKey? = nil, originServerTS: Int? = nil
    ) {
        self.init(
            type: type, stateKey: stateKey, sender: sender, content: JSON(content), redacts: redacts, transaction: transaction,
            originServerTS: originServerTS)
    }
}

/// An event that is durable.
public struct CommittedEvent: Sendable {
    public let id: EventID
    /// The event; nil where the answer repeats an earlier request's.
    public let event: Event?
    /// The journal's position; 0 where the answer repeats an earlier request's.
    public let position: Position

    public init(id: EventID, event: Event?, position: Position) {
        self.id = id
        self.event = event
        self.position = position
    }
}

/// A room to be made: everything that its creator's server puts into it at once (client-server API, "Creation").
public struct RoomCreation: Sendable {
    public var creator: UserID
    public var version: RoomVersion
    /// The content of the create event without `room_version` and `creator`, which the version's rules add.
    public var creationContent: JSONValue
    /// Members of the creator's join beside `membership`: `displayname`, `avatar_url`.
    public var creatorProfile: JSONValue
    /// State events after the creator's join, in order.
    public var events: [Initial]

    /// One state event.
    public struct Initial: Sendable {
        public var type: String
        public var stateKey: String
        public var content: JSONValue
        public init(type: String, stateKey: String = "", content: JSONValue) {
            self.type = type
            self.stateKey = stateKey
            self.content = content
        }
    }

    public init(creator: UserID, version: RoomVersion, creationContent: JSONValue, creatorProfile: JSONValue, events: [Initial]) {
        self.creator = creator
        self.version = version
        self.creationContent = creationContent
        self.creatorProfile = creatorProfile
        self.events = events
    }
}

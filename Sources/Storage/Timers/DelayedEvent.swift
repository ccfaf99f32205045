public import MatrixModel

/// An event that a person wants sent later, or that was.
public struct DelayedEvent: Sendable {
    /// The row's number.
    public let number: Int64
    /// The identifier that clients know.
    public let id: String
    public let user: UserID
    /// The device, or what stands for it where the caller had none.
    public let device: String
    /// The transaction by which it was asked for.
    public let transactionID: String?
    public let room: RoomID
    public let type: String
    /// Present for state events.
    public let stateKey: String?
    /// The JSON text of the content.
    public let content: [UInt8]
    /// The time that an application service gives to the event.
    public let originServerTS: Int?
    public let stickyMilliseconds: Int?
    public let delayMilliseconds: Int
    /// When it was asked for, or last restarted, in milliseconds since the epoch.
    public let scheduled: Int
    /// When it is to be sent; nil where that is over.
    public let due: Int?
    /// How it ended; nil while it waits.
    public let outcome: Outcome?

    /// The end of a delayed event.
    public struct Outcome: Sendable {
        /// When, in milliseconds since the epoch.
        public let at: Int
        /// The event that it became; nil where it was cancelled or refused.
        public let event: EventID?
        /// The JSON text of the error that kept it from being sent; nil where it was sent or cancelled.
        public let error: [UInt8]?
    }
}

/// What a person asks to be sent later.
public struct NewDelayedEvent: Sendable {
    public var id: String
    public var user: UserID
    public var device: String
    public var transactionID: String?
    /// The room's number.
    public var room: Int64
    public var type: String
    public var stateKey: String?
    public var content: [UInt8]
    public var originServerTS: Int?
    public var stickyMilliseconds: Int?
    public var delayMilliseconds: Int

    public init(
        id: String, user: UserID, device: String, transactionID: String?, room: Int64, type: String, stateKey: String?, content: [UInt8],
        originServerTS: Int?, stickyMilliseconds: Int?, delayMilliseconds: Int
    ) {
        self.id = id
        self.user = user
        self.device = device
        self.transactionID = transactionID
        self.room = room
        self.type = type
        self.stateKey = stateKey
        self.content = content
        self.originServerTS = originServerTS
        self.stickyMilliseconds = stickyMilliseconds
        self.delayMilliseconds = delayMilliseconds
    }
}

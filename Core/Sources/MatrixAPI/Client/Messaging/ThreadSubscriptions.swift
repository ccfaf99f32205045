public import MatrixModel

/// Follows a thread (MSC4306).
public enum SubscribeToThread: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.threadSubscription(.put, limit: .accountData)

    public struct Request: EndpointRequest {
        public let thread: ThreadReference
        /// The event for which the client follows the thread of its own accord; nil where the person asked for it.
        public let cause: EventID?

        public init(_ input: RequestInput) throws(MatrixError) {
            thread = try ThreadReference(input)
            guard let automatic = try input.optionalBodyObject()["automatic"] else {
                cause = nil
                return
            }
            guard let event = automatic.string.flatMap({ EventID($0) }) else { throw .invalidParam("'automatic' must be an event ID.") }
            cause = event
        }
    }
}

/// Stops following a thread (MSC4306).
public enum UnsubscribeFromThread: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = ThreadReference
    public typealias Response = EmptyResponse
    public static let route = Route.threadSubscription(.delete, limit: .accountData)
}

/// Tells whether the person follows a thread (MSC4306).
public enum GetThreadSubscription: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = ThreadReference
    public static let route = Route.threadSubscription(.get, limit: .read)

    public struct Response: EndpointResponse {
        /// Whether a client did it of its own accord.
        public let isAutomatic: Bool
        public init(isAutomatic: Bool) { self.isAutomatic = isAutomatic }
        public var payload: Payload { .json(["automatic": .bool(isAutomatic)]) }
    }
}

/// A thread by its room and root.
public struct ThreadReference: EndpointRequest {
    public let roomID: RoomID
    public let root: EventID

    public init(_ input: RequestInput) throws(MatrixError) {
        roomID = try input.path("roomId")
        root = try input.path("threadRootId")
    }
}

extension Route {
    fileprivate static func threadSubscription(_ method: Method, limit: RateLimitClass) -> Route {
        Route(method, "/_matrix/client/unstable/io.element.msc4306/rooms/{roomId}/thread/{threadRootId}/subscription", limit: limit)
    }
}

extension ErrorCode {
    /// The event for which a thread would be followed came before the person stopped following it (MSC4306).
    public static let conflictingUnsubscription = ErrorCode(rawValue: "IO.ELEMENT.MSC4306.M_CONFLICTING_UNSUBSCRIPTION")
    /// The event for which a thread would be followed is not in the thread (MSC4306).
    public static let notInThread = ErrorCode(rawValue: "IO.ELEMENT.MSC4306.M_NOT_IN_THREAD")
}

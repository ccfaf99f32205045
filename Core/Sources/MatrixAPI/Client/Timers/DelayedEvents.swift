public import MatrixModel

/// Has an event sent later (MSC4140, "Scheduling a delayed event").
public enum ScheduleDelayedEvent: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = DelayIDResponse
    public static let route = Route.clientV3(
        .put, "/rooms/{roomId}/delayed_event/{eventType}/{txnId}",
        aliases: ["/_matrix/client/unstable/org.matrix.msc4140/rooms/{roomId}/delayed_event/{eventType}/{txnId}"], limit: .message,
        allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let eventType: String
        public let transactionID: String
        public let delayMilliseconds: Int
        /// Present for state events.
        public let stateKey: String?
        public let content: JSON
        public let timestamp: Int?
        public let stickyMilliseconds: Int?

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            eventType = try input.path("eventType")
            transactionID = try input.path("txnId")
            let body = try input.bodyObject()
            delayMilliseconds = try body.required("delay_ms")
            // "A positive non-zero number of milliseconds".
            guard delayMilliseconds > 0 else { throw .invalidParam("'delay_ms' must be above 0.") }
            stateKey = try body.optional("state_key")
            content = try body.required("content")
            guard content.isObject else { throw .badJSON("'content' must be an object.") }
            timestamp = try input.query("ts")
            stickyMilliseconds = try input.stickyMilliseconds()
        }
    }
}

/// The delayed events of a person that wait, and the newest that ended (MSC4140, "Getting delayed events").
public enum GetDelayedEvents: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/delayed_events", aliases: ["/_matrix/client/unstable/org.matrix.msc4140/delayed_events"],
        limit: .delayedEvents, allowsGuests: true)

    public struct Request: EndpointRequest {
        /// Which are asked for; all where nil.
        public let status: Status?

        public init(_ input: RequestInput) throws(MatrixError) { status = try input.query("status") }
    }

    /// Where a delayed event stands.
    public enum Status: String, TextDecodable {
        case scheduled, finalised
        public init?(text: String) { self.init(rawValue: text) }
    }
}

/// One delayed event of the person (MSC4140, "Getting a single delayed event").
public enum GetDelayedEvent: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/delayed_events/{delay_id}", aliases: ["/_matrix/client/unstable/org.matrix.msc4140/delayed_events/{delay_id}"],
        limit: .delayedEvents, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let delayID: String

        public init(_ input: RequestInput) throws(MatrixError) { delayID = try input.path("delay_id") }
    }
}

/// What can be done with an event that waits.
public enum DelayedEventAction: String, TextDecodable {
    /// Not to send it.
    case cancel
    /// To wait for the whole delay once more.
    case restart
    /// To send it now.
    case send
    public init?(text: String) { self.init(rawValue: text) }
}

/// Cancels, restarts or sends an event that waits (MSC4140, "Managing scheduled delayed events").
///
/// Whoever knows the identifier may, as those to whom people delegate the watch over a call have no token; who has one must be the owner.
public enum ManageDelayedEvent: Endpoint {
    public typealias Caller = OptionalUserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .post, "/_matrix/client/v1/delayed_events/{delay_id}/{action}",
        aliases: ["/_matrix/client/unstable/org.matrix.msc4140/delayed_events/{delay_id}/{action}"], limit: .delayedEvents, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let delayID: String
        public let action: DelayedEventAction

        public init(_ input: RequestInput) throws(MatrixError) {
            delayID = try input.path("delay_id")
            guard let action = DelayedEventAction(text: try input.path("action")) else { throw .unrecognized() }
            self.action = action
        }
    }
}

/// The same with the action in the body, as earlier drafts of MSC4140 had it.
public enum UpdateDelayedEvent: Endpoint {
    public typealias Caller = OptionalUserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .post, "/_matrix/client/unstable/org.matrix.msc4140/delayed_events/{delay_id}", limit: .delayedEvents, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let delayID: String
        public let action: DelayedEventAction

        public init(_ input: RequestInput) throws(MatrixError) {
            delayID = try input.path("delay_id")
            let text: String = try input.bodyObject().required("action")
            guard let action = DelayedEventAction(text: text) else { throw .invalidParam("'\(text)' is none of cancel, restart, send.") }
            self.action = action
        }
    }
}

/// The answer `{"delay_id": …}`.
public struct DelayIDResponse: EndpointResponse {
    public let delayID: String
    public init(delayID: String) { self.delayID = delayID }
    public var payload: Payload { .json(["delay_id": .string(delayID)]) }
}

/// The answer to an event that was sent, or that is to be sent later.
public enum SentEventResponse: EndpointResponse {
    case sent(EventID)
    case delayed(String)

    public var payload: Payload {
        switch self {
        case .sent(let event): .json(["event_id": .string(event.description)])
        case .delayed(let id): .json(["delay_id": .string(id)])
        }
    }
}

extension RequestInput {
    /// How long the event is to be delayed (MSC4140, earlier drafts); 400 `M_INVALID_PARAM` where that is no positive number.
    func delayMilliseconds() throws(MatrixError) -> Int? {
        guard let delay = try query("org.matrix.msc4140.delay", as: Int.self) else { return nil }
        guard delay > 0 else { throw .invalidParam("The delay must be above 0.") }
        return delay
    }

    /// How long the event is to be sticky (MSC4354); 400 `M_INVALID_PARAM` beyond an hour.
    func stickyMilliseconds() throws(MatrixError) -> Int? {
        guard let duration = try query("org.matrix.msc4354.sticky_duration_ms", as: Int.self) else { return nil }
        guard (0...3_600_000).contains(duration) else { throw .invalidParam("An event is sticky for 0 to 3600000 milliseconds.") }
        return duration
    }
}

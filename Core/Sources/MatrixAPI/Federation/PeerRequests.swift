public import MatrixModel

extension Route {
    /// Largest transaction, in bytes: 50 PDUs of 64 KiB and 100 EDUs fit.
    static let maximumTransactionBytes = 16 << 20
    /// Largest request that carries one event with what goes with it, in bytes.
    static let maximumEventRequestBytes = 4 << 20

    /// A route of the server-server API.
    static func federation(_ method: Method, _ path: String, maximumBodyBytes: Int = 1 << 20) -> Route {
        Route(method, path, limit: .federation, maximumBodyBytes: maximumBodyBytes)
    }
}

/// The parameters of `make_join`, `make_leave` and `make_knock`.
public struct MembershipTemplateRequest: EndpointRequest {
    public let roomID: RoomID
    public let userID: UserID
    /// The room versions the asking server knows; `["1"]` where it names none.
    public let versions: [String]

    public init(_ input: RequestInput) throws(MatrixError) {
        roomID = try input.path("roomId")
        userID = try input.path("userId")
        let named: [String] = try input.queryAll("ver")
        versions = named.isEmpty ? ["1"] : named
    }
}

/// The answer of `make_join`, `make_leave` and `make_knock`: an unsigned event to complete.
public struct MembershipTemplateResponse: EndpointResponse {
    public let roomVersion: String
    public let event: JSONValue

    public init(roomVersion: String, event: JSONValue) {
        self.roomVersion = roomVersion
        self.event = event
    }

    public var payload: Payload { .json(["room_version": .string(roomVersion), "event": event]) }
}

/// The parameters of `send_join`, `send_leave` and `send_knock`: a signed membership event.
public struct MembershipEventRequest: EndpointRequest {
    public let roomID: RoomID
    /// The event ID as the sender computed it; compared, never trusted.
    public let eventID: EventID
    /// Whether the sender takes an answer without the members (`send_join` only).
    public let omitsMembers: Bool
    /// The event, not yet checked.
    public let event: JSON

    public init(_ input: RequestInput) throws(MatrixError) {
        roomID = try input.path("roomId")
        eventID = try input.path("eventId")
        omitsMembers = try input.query("omit_members") ?? false
        event = try input.bodyObject()
    }
}

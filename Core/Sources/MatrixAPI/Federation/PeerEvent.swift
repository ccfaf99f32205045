public import MatrixModel

/// One event (server-server API, "Retrieving events").
public enum PeerEvent: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = FragmentResponse
    public static let route = Route.federation(.get, "/_matrix/federation/v1/event/{eventId}")

    public struct Request: EndpointRequest {
        public let eventID: EventID

        public init(_ input: RequestInput) throws(MatrixError) {
            eventID = try input.path("eventId")
        }
    }
}

/// The auth chain of an event (server-server API, "Retrieving event authorisation information").
public enum PeerEventAuth: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = FragmentResponse
    public static let route = Route.federation(.get, "/_matrix/federation/v1/event_auth/{roomId}/{eventId}")

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let eventID: EventID

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            eventID = try input.path("eventId")
        }
    }
}

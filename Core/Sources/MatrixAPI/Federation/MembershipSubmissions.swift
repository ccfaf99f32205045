public import MatrixModel

/// Takes a signed join and answers with the room's state (server-server API, "Joining Rooms").
public enum SendJoin: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Request = MembershipEventRequest
    public typealias Response = FragmentResponse
    public static let route = Route.federation(
        .put, "/_matrix/federation/v2/send_join/{roomId}/{eventId}", maximumBodyBytes: Route.maximumEventRequestBytes)
}

/// Takes a signed leave (server-server API, "Leaving Rooms (Rejecting Invites)").
public enum SendLeave: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Request = MembershipEventRequest
    public typealias Response = EmptyResponse
    public static let route = Route.federation(
        .put, "/_matrix/federation/v2/send_leave/{roomId}/{eventId}", maximumBodyBytes: Route.maximumEventRequestBytes)
}

/// Takes a signed knock and answers with what the knocker may see (server-server API, "Knocking upon a room").
public enum SendKnock: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Request = MembershipEventRequest
    public static let route = Route.federation(
        .put, "/_matrix/federation/v1/send_knock/{roomId}/{eventId}", maximumBodyBytes: Route.maximumEventRequestBytes)

    public struct Response: EndpointResponse {
        public let knockRoomState: [JSONValue]

        public init(knockRoomState: [JSONValue]) { self.knockRoomState = knockRoomState }

        public var payload: Payload { .json(["knock_room_state": .array(knockRoomState)]) }
    }
}

public import MatrixModel

/// A room and the event at which its state is asked for.
public struct StateAtEventRequest: EndpointRequest {
    public let roomID: RoomID
    public let eventID: EventID

    public init(_ input: RequestInput) throws(MatrixError) {
        roomID = try input.path("roomId")
        eventID = try input.requiredQuery("event_id")
    }
}

/// The state before an event with its auth chain (server-server API, "Retrieving events").
public enum PeerRoomState: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Request = StateAtEventRequest
    public typealias Response = FragmentResponse
    public static let route = Route.federation(.get, "/_matrix/federation/v1/state/{roomId}")
}

/// The identifiers of the state before an event and of its auth chain.
public enum PeerRoomStateIDs: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Request = StateAtEventRequest
    public static let route = Route.federation(.get, "/_matrix/federation/v1/state_ids/{roomId}")

    public struct Response: EndpointResponse {
        public let state: [EventID]
        public let authChain: [EventID]

        public init(state: [EventID], authChain: [EventID]) {
            self.state = state
            self.authChain = authChain
        }

        public var payload: Payload {
            .json([
                "pdu_ids": .array(state.map { .string($0.description) }),
                "auth_chain_ids": .array(authChain.map { .string($0.description) }),
            ])
        }
    }
}

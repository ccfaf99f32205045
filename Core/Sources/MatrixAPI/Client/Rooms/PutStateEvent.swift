public import MatrixModel

/// Sets a state event of a room (client-server API, "Sending events to a room").
public enum PutStateEvent: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = SentEventResponse
    public static let route = Route.clientV3(
        .put, "/rooms/{roomId}/state/{eventType}/{stateKey}", aliases: Route.emptyStateKeyAliases, limit: .message, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let slot: StateKey
        public let content: JSON
        /// The time that an application service gives to the event (application service API, "Timestamp massaging").
        public let timestamp: Int?
        /// How long to wait before the event is sent (MSC4140).
        public let delayMilliseconds: Int?
        /// How long the event is sticky (MSC4354).
        public let stickyMilliseconds: Int?

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            slot = StateKey(try input.path("eventType"), input.stateKey)
            content = try input.bodyObject()
            timestamp = try input.query("ts")
            delayMilliseconds = try input.delayMilliseconds()
            stickyMilliseconds = try input.stickyMilliseconds()
        }
    }
}

public import MatrixModel

/// Sends a message event to a room (client-server API, "Sending events to a room").
public enum SendMessageEvent: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EventIDResponse
    public static let route = Route.clientV3(
        .put, "/rooms/{roomId}/send/{eventType}/{txnId}", limit: .message, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let eventType: String
        public let transactionID: String
        public let content: JSON
        /// The time that an application service gives to the event (application service API, "Timestamp massaging").
        public let timestamp: Int?

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            eventType = try input.path("eventType")
            transactionID = try input.path("txnId")
            content = try input.bodyObject()
            timestamp = try input.query("ts")
        }
    }
}

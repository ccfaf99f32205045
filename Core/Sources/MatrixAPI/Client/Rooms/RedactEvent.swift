public import MatrixModel

/// Redacts an event (client-server API, "Redactions").
public enum RedactEvent: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EventIDResponse
    public static let route = Route.clientV3(.put, "/rooms/{roomId}/redact/{eventId}/{txnId}", limit: .message, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let eventID: EventID
        public let transactionID: String
        public let reason: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            roomID = try input.path("roomId")
            eventID = try input.path("eventId")
            transactionID = try input.path("txnId")
            reason = try body.optional("reason")
        }
    }
}

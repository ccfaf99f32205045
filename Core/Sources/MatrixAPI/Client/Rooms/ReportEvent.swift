public import MatrixModel

/// Reports an event to the administrators (client-server API, "Reporting Content").
public enum ReportEvent: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(.post, "/rooms/{roomId}/report/{eventId}", limit: .report)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let eventID: EventID
        public let reason: String?
        /// From −100 to 0, most offensive to inoffensive; of older clients.
        public let score: Int?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            roomID = try input.path("roomId")
            eventID = try input.path("eventId")
            reason = try body.optional("reason")
            score = try body.optional("score")
        }
    }
}

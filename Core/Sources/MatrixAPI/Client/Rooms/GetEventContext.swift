public import MatrixModel

/// Gives what was said around an event (client-server API, "Event Context").
public enum GetEventContext: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/rooms/{roomId}/context/{eventId}", limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let eventID: EventID
        /// How many events around it.
        public let limit: Int?
        public let filter: RoomEventFilter

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            eventID = try input.path("eventId")
            limit = try input.query("limit")
            filter = try input.roomEventFilter()
        }
    }
}

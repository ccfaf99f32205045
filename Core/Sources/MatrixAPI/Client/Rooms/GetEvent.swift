public import MatrixModel

/// Gives one event of a room.
public enum GetEvent: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/rooms/{roomId}/event/{eventId}", limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let eventID: EventID

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            eventID = try input.path("eventId")
        }
    }
}

public import MatrixModel

/// Gives a page of a room's timeline.
public enum GetMessages: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/rooms/{roomId}/messages", limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        /// The token to start at; absent means the end of the direction's beginning.
        public let from: String?
        /// The token to stop at.
        public let to: String?
        public let direction: PageDirection
        /// How many events, 10 where absent.
        public let limit: Int?
        public let filter: RoomEventFilter

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            from = try input.query("from")
            to = try input.query("to")
            direction = try input.requiredQuery("dir")
            limit = try input.query("limit")
            filter = try input.roomEventFilter()
        }
    }
}

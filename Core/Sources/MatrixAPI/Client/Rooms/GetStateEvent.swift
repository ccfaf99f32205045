public import MatrixModel

/// Gives one state event of a room, or its content.
public enum GetStateEvent: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(
        .get, "/rooms/{roomId}/state/{eventType}/{stateKey}", aliases: Route.emptyStateKeyAliases, limit: .read, allowsGuests: true)

    /// What is given of the event.
    public enum Format: String, TextDecodable {
        case content, event
        public init?(text: String) { self.init(rawValue: text) }
    }

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let slot: StateKey
        public let format: Format

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            slot = StateKey(try input.path("eventType"), input.stateKey)
            format = try input.query("format") ?? .content
        }
    }
}

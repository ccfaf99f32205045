public import MatrixModel

/// Walks a tree of spaces (client-server API, "Discovering rooms within spaces").
public enum GetSpaceHierarchy: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/rooms/{roomId}/hierarchy", aliases: ["/_matrix/client/unstable/org.matrix.msc2946/rooms/{roomId}/hierarchy"],
        limit: .read)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        /// Whether only suggested children are wanted.
        public let isSuggestedOnly: Bool
        /// Rooms of one page.
        public let limit: Int?
        /// Steps below the first room.
        public let maximumDepth: Int?
        /// The token of an earlier page.
        public let from: String?
        /// Servers to ask about a room that this one is not in.
        public let via: [ServerName]

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            isSuggestedOnly = try input.query("suggested_only") ?? false
            limit = try input.query("limit")
            maximumDepth = try input.query("max_depth")
            from = try input.query("from")
            via = try input.viaServers()
            if let limit, limit <= 0 { throw .invalidParam("'limit' must be positive.") }
            if let maximumDepth, maximumDepth < 0 { throw .invalidParam("'max_depth' must not be negative.") }
        }
    }
}

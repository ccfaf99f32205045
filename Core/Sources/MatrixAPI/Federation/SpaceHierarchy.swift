public import MatrixModel

/// Tells of a space and its children (server-server API, "Spaces").
public enum PeerSpaceHierarchy: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/federation/v1/hierarchy/{roomId}", aliases: ["/_matrix/federation/unstable/org.matrix.msc2946/hierarchy/{roomId}"],
        limit: .federation)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        /// Whether only suggested children are wanted.
        public let isSuggestedOnly: Bool

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            isSuggestedOnly = try input.query("suggested_only") ?? false
        }
    }
}

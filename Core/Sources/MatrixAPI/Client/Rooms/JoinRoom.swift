public import MatrixModel

/// Joins a room by its identifier (client-server API, "Joining rooms").
public enum JoinRoom: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = RoomIDResponse
    public static let route = Route.clientV3(.post, "/rooms/{roomId}/join", limit: .join, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let reason: String?
        /// The signed invitation of an identity server.
        public let thirdPartySigned: JSONValue?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            roomID = try input.path("roomId")
            reason = try body.optional("reason")
            thirdPartySigned = try body.optional("third_party_signed")
        }
    }
}

public import MatrixModel

/// Joins a room by identifier or alias (client-server API, "Joining rooms").
public enum JoinRoomByIDOrAlias: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = RoomIDResponse
    public static let route = Route.clientV3(.post, "/join/{roomIdOrAlias}", limit: .join, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let room: RoomReference
        /// Servers to join through; the deprecated `server_name` counts as well.
        public let via: [ServerName]
        public let reason: String?
        /// The signed invitation of an identity server.
        public let thirdPartySigned: JSONValue?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            room = try input.path("roomIdOrAlias")
            via = try input.viaServers()
            reason = try body.optional("reason")
            thirdPartySigned = try body.optional("third_party_signed")
        }
    }
}

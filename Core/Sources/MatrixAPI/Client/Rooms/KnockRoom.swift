public import MatrixModel

/// Asks to be let into a room (client-server API, "Knocking on rooms").
public enum KnockRoom: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = RoomIDResponse
    public static let route = Route.clientV3(.post, "/knock/{roomIdOrAlias}", limit: .join)

    public struct Request: EndpointRequest {
        public let room: RoomReference
        /// Servers to knock through.
        public let via: [ServerName]
        public let reason: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            room = try input.path("roomIdOrAlias")
            via = try input.viaServers()
            reason = try body.optional("reason")
        }
    }
}

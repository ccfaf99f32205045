public import MatrixModel

/// Resolves an alias (client-server API, "Room aliases").
public enum GetRoomAlias: Endpoint {
    public typealias Caller = PublicCaller
    public static let route = Route.clientV3(.get, "/directory/room/{roomAlias}", limit: .directory)

    public struct Request: EndpointRequest {
        public let alias: RoomAlias

        public init(_ input: RequestInput) throws(MatrixError) {
            alias = try input.path("roomAlias")
        }
    }

    public struct Response: EndpointResponse {
        public let roomID: RoomID
        /// Servers that can be joined through.
        public let servers: [ServerName]

        public init(roomID: RoomID, servers: [ServerName]) {
            self.roomID = roomID
            self.servers = servers
        }

        public var payload: Payload {
            .json(["room_id": .string(roomID.description), "servers": .array(servers.map { .string($0.description) })])
        }
    }
}

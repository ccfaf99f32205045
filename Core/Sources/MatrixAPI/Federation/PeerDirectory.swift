public import MatrixModel

/// Resolves an alias of this server (server-server API, "Querying for information").
public enum PeerDirectory: Endpoint {
    public typealias Caller = PeerCaller
    public static let route = Route.federation(.get, "/_matrix/federation/v1/query/directory")

    public struct Request: EndpointRequest {
        public let alias: RoomAlias

        public init(_ input: RequestInput) throws(MatrixError) {
            alias = try input.requiredQuery("room_alias")
        }
    }

    public struct Response: EndpointResponse {
        public let roomID: RoomID
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

/// The profile of a user of this server (server-server API, "Querying for information").
public enum PeerProfile: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = JSONResponse
    public static let route = Route.federation(.get, "/_matrix/federation/v1/query/profile")

    public struct Request: EndpointRequest {
        public let userID: UserID
        /// The one field wanted; all where nil.
        public let field: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            userID = try input.requiredQuery("user_id")
            field = try input.query("field")
        }
    }
}

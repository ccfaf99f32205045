public import MatrixModel

/// The devices of a user of this server (server-server API, "Device Management").
public enum PeerUserDevices: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = JSONResponse
    public static let route = Route.federation(.get, "/_matrix/federation/v1/user/devices/{userId}")

    public struct Request: EndpointRequest {
        public let userID: UserID

        public init(_ input: RequestInput) throws(MatrixError) {
            userID = try input.path("userId")
        }
    }
}

/// Claims one-time keys of this server's users (server-server API, "End-to-End Encryption").
public enum PeerKeyClaim: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Request = UserKeysRequest
    public typealias Response = JSONResponse
    public static let route = Route.federation(.post, "/_matrix/federation/v1/user/keys/claim")
}

/// The device and cross-signing keys of this server's users (server-server API, "End-to-End Encryption").
public enum PeerKeyQuery: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Request = UserKeysRequest
    public typealias Response = JSONResponse
    public static let route = Route.federation(.post, "/_matrix/federation/v1/user/keys/query")
}

/// The body of a key claim (`one_time_keys`) or key query (`device_keys`).
public struct UserKeysRequest: EndpointRequest {
    public let body: JSON

    public init(_ input: RequestInput) throws(MatrixError) {
        body = try input.bodyObject()
    }
}

public import MatrixModel

/// Makes a token by which another service learns who the caller is (client-server API, "OpenID").
public enum RequestOpenIDToken: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route(
        .post, "/_matrix/client/v3/user/{userId}/openid/request_token",
        aliases: ["/_matrix/client/r0/user/{userId}/openid/request_token"], limit: .accountData)

    public struct Request: EndpointRequest {
        public let user: UserID
        public init(_ input: RequestInput) throws(MatrixError) { user = try input.path("userId") }
    }

    public struct Response: EndpointResponse {
        public let accessToken: String
        public let serverName: ServerName
        public let expiresInSeconds: Int

        public init(accessToken: String, serverName: ServerName, expiresInSeconds: Int) {
            self.accessToken = accessToken
            self.serverName = serverName
            self.expiresInSeconds = expiresInSeconds
        }

        public var payload: Payload {
            .json([
                "access_token": .string(accessToken), "token_type": "Bearer",
                "matrix_server_name": .string(serverName.description), "expires_in": .integer(expiresInSeconds),
            ])
        }
    }
}

public import MatrixModel

/// Exchanges a refresh token for a new access token (client-server API, "Refreshing access tokens").
public enum RefreshAccessToken: Endpoint {
    public typealias Caller = PublicCaller
    public static let route = Route(
        .post, "/_matrix/client/v3/refresh", aliases: ["/_matrix/client/v1/refresh"], limit: .login)

    public struct Request: EndpointRequest {
        public let refreshToken: String
        public init(_ input: RequestInput) throws(MatrixError) { refreshToken = try input.bodyObject().required("refresh_token") }
    }

    public struct Response: EndpointResponse {
        public let accessToken: String
        public let refreshToken: String
        /// Milliseconds until the access token expires; nil where it does not.
        public let expiresInMilliseconds: Int?

        public init(accessToken: String, refreshToken: String, expiresInMilliseconds: Int?) {
            self.accessToken = accessToken
            self.refreshToken = refreshToken
            self.expiresInMilliseconds = expiresInMilliseconds
        }

        public var payload: Payload {
            var members: JSONValue = ["access_token": .string(accessToken), "refresh_token": .string(refreshToken)]
            members["expires_in_ms"] = expiresInMilliseconds.map(JSONValue.integer)
            return .json(members)
        }
    }
}

public import MatrixModel

/// Whose OpenID token it is (server-server API, "OpenID").
public enum GetOpenIDUserInfo: Endpoint {
    public typealias Caller = PublicCaller
    public static let route = Route.federation(.get, "/_matrix/federation/v1/openid/userinfo")

    public struct Request: EndpointRequest {
        public let accessToken: String

        public init(_ input: RequestInput) throws(MatrixError) {
            accessToken = try input.requiredQuery("access_token")
        }
    }

    public struct Response: EndpointResponse {
        public let userID: UserID

        public init(userID: UserID) { self.userID = userID }

        public var payload: Payload { .json(["sub": .string(userID.description)]) }
    }
}

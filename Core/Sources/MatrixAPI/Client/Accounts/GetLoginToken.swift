public import MatrixModel

/// Makes a single-use token that logs another client into the caller's account.
public enum GetLoginToken: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = AuthenticatedRequest
    public static let route = Route(.post, "/_matrix/client/v1/login/get_token", limit: .login)

    public struct Response: EndpointResponse {
        public let loginToken: String
        public let expiresInMilliseconds: Int

        public init(loginToken: String, expiresInMilliseconds: Int) {
            self.loginToken = loginToken
            self.expiresInMilliseconds = expiresInMilliseconds
        }

        public var payload: Payload {
            .json(["login_token": .string(loginToken), "expires_in_ms": .integer(expiresInMilliseconds)])
        }
    }
}

/// A request whose body holds nothing but the answer to user-interactive authentication.
public struct AuthenticatedRequest: EndpointRequest {
    public let auth: JSON?
    public init(_ input: RequestInput) throws(MatrixError) { auth = try input.optionalBodyObject().optional("auth") }
}

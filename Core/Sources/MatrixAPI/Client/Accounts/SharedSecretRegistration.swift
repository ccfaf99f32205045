public import MatrixModel

/// Gives a nonce for the shared-secret registration that Synapse's tools use.
public enum GetRegistrationNonce: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = EmptyRequest
    public static let route = Route(
        .get, "/_synapse/admin/v1/register", aliases: ["/_matrix/client/r0/admin/register"], limit: .registration)

    public struct Response: EndpointResponse {
        public let nonce: String
        public init(nonce: String) { self.nonce = nonce }
        public var payload: Payload { .json(["nonce": .string(nonce)]) }
    }
}

/// Makes an account for whoever knows the shared secret.
public enum RegisterWithSharedSecret: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Response = SessionResponse
    public static let route = Route(
        .post, "/_synapse/admin/v1/register", aliases: ["/_matrix/client/r0/admin/register"], limit: .registration)

    public struct Request: EndpointRequest {
        public let nonce: String
        public let username: String
        public let password: String
        public let displayName: String?
        public let isAdmin: Bool
        public let userType: String?
        /// Hexadecimal HMAC-SHA1 over `nonce NUL username NUL password NUL admin|notadmin [NUL user_type]`.
        public let code: String
        public let inhibitsLogin: Bool

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            nonce = try body.required("nonce")
            username = try body.required("username")
            password = try body.required("password")
            displayName = try body.optional("displayname")
            isAdmin = try body.optional("admin") ?? false
            userType = try body.optional("user_type")
            code = try body.required("mac")
            inhibitsLogin = try body.optional("inhibit_login") ?? false
        }
    }
}

public import MatrixModel

/// Changes the caller's password (client-server API, "Password management").
public enum ChangePassword: Endpoint {
    public typealias Caller = OptionalUserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/account/password", aliases: ["/_matrix/client/r0/account/password"], limit: .login)

    public struct Request: EndpointRequest {
        /// Clients may leave it out of the request that only asks for the flows.
        public let newPassword: String?
        /// Whether the other devices are logged out.
        public let logsOutDevices: Bool
        public let auth: JSON?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            newPassword = try body.optional("new_password")
            logsOutDevices = try body.optional("logout_devices") ?? true
            auth = try body.optional("auth")
        }
    }
}

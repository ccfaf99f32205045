public import MatrixModel

/// Makes an account (client-server API, "Account registration").
public enum Register: Endpoint {
    /// A caller is present where an application service registers one of its users.
    public typealias Caller = OptionalUserCaller
    public typealias Response = SessionResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/register", aliases: ["/_matrix/client/r0/register"], limit: .registration)

    /// What sort of account is wanted.
    public enum Kind: String, Sendable {
        case user, guest
    }

    public struct Request: EndpointRequest {
        public let kind: Kind
        /// `m.login.application_service` where an application service registers a user; absent otherwise.
        public let type: String?
        public let username: String?
        public let password: String?
        public let deviceID: String?
        public let initialDeviceDisplayName: String?
        public let inhibitsLogin: Bool
        public let wantsRefreshToken: Bool
        /// The token of a guest account that becomes a full one (client-server API, "Guest Access").
        public let guestAccessToken: String?
        /// The answer to user-interactive authentication.
        public let auth: JSON?

        public init(_ input: RequestInput) throws(MatrixError) {
            let text: String = try input.query("kind") ?? Kind.user.rawValue
            guard let kind = Kind(rawValue: text) else {
                throw MatrixError(400, .unknown, "Unknown kind of account '\(text)'.")
            }
            let body = try input.optionalBodyObject()
            self.kind = kind
            type = try body.optional("type")
            username = try body.optional("username")
            password = try body.optional("password")
            deviceID = try body.optional("device_id")
            initialDeviceDisplayName = try body.optional("initial_device_display_name")
            inhibitsLogin = try body.optional("inhibit_login") ?? false
            wantsRefreshToken = try body.optional("refresh_token") ?? false
            guestAccessToken = try body.optional("guest_access_token")
            auth = try body.optional("auth")
        }
    }
}

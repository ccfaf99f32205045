public import MatrixModel

/// Opens a session (client-server API, "Legacy login").
public enum Login: Endpoint {
    /// A caller is present where an application service logs in as one of its users.
    public typealias Caller = OptionalUserCaller
    public typealias Response = SessionResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/login", aliases: ["/_matrix/client/r0/login"], limit: .login)

    /// What the caller shows.
    public enum Proof: Sendable {
        /// `m.login.password`.
        case password(UserIdentifier, password: String)
        /// `m.login.token`: a single-use login token.
        case token(String)
        /// `m.login.application_service`: the access token is an application service's.
        case applicationService(UserIdentifier)
    }

    public struct Request: EndpointRequest {
        public let proof: Proof
        public let deviceID: String?
        public let initialDeviceDisplayName: String?
        public let wantsRefreshToken: Bool

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            proof = try Self.proof(of: body)
            deviceID = try body.optional("device_id")
            initialDeviceDisplayName = try body.optional("initial_device_display_name")
            wantsRefreshToken = try body.optional("refresh_token") ?? false
        }

        private static func proof(of body: JSON) throws(MatrixError) -> Proof {
            let type: String = try body.required("type")
            switch type {
            case "m.login.password":
                let password: String = try body.required("password")
                guard let identifier = try UserIdentifier.read(from: body) else { throw .missingParam("identifier") }
                return .password(identifier, password: password)
            case "m.login.token": return .token(try body.required("token"))
            case "m.login.application_service":
                guard let identifier = try UserIdentifier.read(from: body) else { throw .missingParam("identifier") }
                return .applicationService(identifier)
            default: throw MatrixError(400, .unknown, "Unknown login type '\(type)'.")
            }
        }
    }
}

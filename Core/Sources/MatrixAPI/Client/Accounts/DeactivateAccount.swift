public import MatrixModel

/// Ends the caller's account for good (client-server API, "Account deactivation").
public enum DeactivateAccount: Endpoint {
    public typealias Caller = OptionalUserCaller
    public static let route = Route(
        .post, "/_matrix/client/v3/account/deactivate", aliases: ["/_matrix/client/r0/account/deactivate"], limit: .login)

    public struct Request: EndpointRequest {
        /// Whether what the account wrote should be hidden from those who join later.
        public let erases: Bool
        public let auth: JSON?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            erases = try body.optional("erase") ?? false
            auth = try body.optional("auth")
        }
    }

    public struct Response: EndpointResponse {
        public init() {}
        /// `success`, because no identifiers are ever bound.
        public var payload: Payload { .json(["id_server_unbind_result": "success"]) }
    }
}

public import MatrixModel

/// Tells whether a registration token could be used now (client-server API, "Token-authenticated registration").
public enum CheckRegistrationToken: Endpoint {
    public typealias Caller = PublicCaller
    public static let route = Route(
        .get, "/_matrix/client/v1/register/m.login.registration_token/validity",
        aliases: ["/_matrix/client/unstable/org.matrix.msc3231/register/org.matrix.msc3231.login.registration_token/validity"],
        limit: .registration)

    public struct Request: EndpointRequest {
        public let token: String
        public init(_ input: RequestInput) throws(MatrixError) { token = try input.requiredQuery("token") }
    }

    public struct Response: EndpointResponse {
        public let isValid: Bool
        public init(isValid: Bool) { self.isValid = isValid }
        public var payload: Payload { .json(["valid": .bool(isValid)]) }
    }
}

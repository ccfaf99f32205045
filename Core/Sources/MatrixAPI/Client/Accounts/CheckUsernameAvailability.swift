public import MatrixModel

/// Tells whether a localpart is free and valid.
public enum CheckUsernameAvailability: Endpoint {
    public typealias Caller = PublicCaller
    public static let route = Route(
        .get, "/_matrix/client/v3/register/available", aliases: ["/_matrix/client/r0/register/available"], limit: .registration)

    public struct Request: EndpointRequest {
        public let username: String
        public init(_ input: RequestInput) throws(MatrixError) { username = try input.requiredQuery("username") }
    }

    /// The answer where it is free; otherwise an error says why.
    public struct Response: EndpointResponse {
        public init() {}
        public var payload: Payload { .json(["available": true]) }
    }
}

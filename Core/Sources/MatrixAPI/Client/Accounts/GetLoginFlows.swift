public import MatrixModel

/// Lists the ways to log in (client-server API, "Legacy login").
public enum GetLoginFlows: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = EmptyRequest
    public static let route = Route(.get, "/_matrix/client/v3/login", aliases: ["/_matrix/client/r0/login"], limit: .read)

    public struct Response: EndpointResponse {
        /// Each flow's object: `type` and what belongs to it.
        public let flows: [JSONValue]
        public init(flows: [JSONValue]) { self.flows = flows }
        public var payload: Payload { .json(["flows": .array(flows)]) }
    }
}

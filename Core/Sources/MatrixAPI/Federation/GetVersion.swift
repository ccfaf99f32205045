import MatrixModel

/// Names this implementation (server-server API, "Server implementation").
public enum GetVersion: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = EmptyRequest
    public static let route = Route.federation(.get, "/_matrix/federation/v1/version")

    public struct Response: EndpointResponse {
        public let name: String
        public let version: String

        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }

        public var payload: Payload { .json(["server": ["name": .string(name), "version": .string(version)]]) }
    }
}

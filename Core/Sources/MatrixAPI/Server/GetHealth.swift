import MatrixModel

/// Tells whether the server works; for service managers and load balancers. Not part of the specification.
public enum GetHealth: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = EmptyRequest
    public static let route = Route(.get, "/_martlet/health", limit: .none)

    public struct Response: EndpointResponse {
        /// What does not work, empty where all is well; each a word such as `database`.
        public let failing: [String]
        public let version: String

        public init(failing: [String], version: String) {
            self.failing = failing
            self.version = version
        }

        public var status: Int { failing.isEmpty ? 200 : 503 }
        public var payload: Payload {
            .json([
                "status": .string(failing.isEmpty ? "ok" : "failing"),
                "failing": .array(failing.map { .string($0) }),
                "version": .string(version),
            ])
        }
        public var headers: [(name: String, value: String)] { [("Cache-Control", "no-store")] }
    }
}

public import MatrixModel

/// Names the users whose devices changed between two syncs.
public enum GetKeyChanges: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route.keys(.get, "/keys/changes")

    public struct Request: EndpointRequest {
        /// Tokens of `/sync`.
        public let from: String
        public let to: String

        public init(_ input: RequestInput) throws(MatrixError) {
            from = try input.requiredQuery("from")
            to = try input.requiredQuery("to")
        }
    }

    public struct Response: EndpointResponse {
        public let changed: [UserID]
        public let left: [UserID]

        public init(changed: [UserID], left: [UserID]) {
            self.changed = changed
            self.left = left
        }

        public var payload: Payload {
            .json([
                "changed": .array(changed.map { .string($0.description) }), "left": .array(left.map { .string($0.description) }),
            ])
        }
    }
}

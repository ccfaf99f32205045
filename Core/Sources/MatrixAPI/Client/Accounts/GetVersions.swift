import MatrixModel

/// Lists the versions of the specification and the experimental features that work here (client-server API, "API Versions").
public enum GetVersions: Endpoint {
    public typealias Caller = OptionalUserCaller
    public typealias Request = EmptyRequest
    public static let route = Route(.get, "/_matrix/client/versions", limit: .none, allowsGuests: true)

    public struct Response: EndpointResponse {
        public let versions: [String]
        /// Feature name to whether it is supported.
        public let unstableFeatures: [String: Bool]

        public init(versions: [String], unstableFeatures: [String: Bool]) {
            self.versions = versions
            self.unstableFeatures = unstableFeatures
        }

        public var payload: Payload {
            .json([
                "versions": .array(versions.map(JSONValue.string)),
                "unstable_features": .object(unstableFeatures.mapValues(JSONValue.bool)),
            ])
        }
    }
}

public import MatrixModel

/// The keys of one other server, vouched for (server-server API, "Querying Keys Through Another Server").
public enum GetKeysOfServer: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Response = NotaryResponse
    public static let route = Route.federation(.get, "/_matrix/key/v2/query/{serverName}")

    public struct Request: EndpointRequest {
        public let server: ServerName
        /// Milliseconds since the epoch up to which the keys should be valid.
        public let minimumValidUntil: Int?

        public init(_ input: RequestInput) throws(MatrixError) {
            server = try input.path("serverName")
            minimumValidUntil = try input.query("minimum_valid_until_ts")
        }
    }
}

/// The keys of several other servers, vouched for.
public enum QueryServerKeys: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Response = NotaryResponse
    public static let route = Route.federation(.post, "/_matrix/key/v2/query")

    /// What is asked about one server.
    public struct Criteria: Sendable, Hashable {
        public let server: ServerName
        /// The latest `minimum_valid_until_ts` of the keys named, nil where none is.
        public let minimumValidUntil: Int?
    }

    public struct Request: EndpointRequest {
        /// Most servers that one request may ask about.
        public static let maximumServers = 100
        public let criteria: [Criteria]

        public init(_ input: RequestInput) throws(MatrixError) {
            guard let servers = try input.bodyObject()["server_keys"], servers.isObject else { throw .missingParam("server_keys") }
            guard servers.count <= Request.maximumServers else { throw .invalidParam("At most 100 servers can be asked about at once.") }
            var criteria: [Criteria] = []
            for (name, keys) in servers.members {
                guard let server = ServerName(name) else { throw .invalidParam("'\(name)' is not a server name.") }
                var latest: Int?
                for (_, key) in keys.members {
                    guard let minimum = key["minimum_valid_until_ts"]?.integer else { continue }
                    latest = max(latest ?? minimum, minimum)
                }
                criteria.append(Criteria(server: server, minimumValidUntil: latest))
            }
            self.criteria = criteria
        }
    }
}

/// Key documents with this server's signature added.
public struct NotaryResponse: EndpointResponse {
    public let documents: [JSONValue]

    public init(documents: [JSONValue]) { self.documents = documents }

    public var payload: Payload { .json(["server_keys": .array(documents)]) }
}

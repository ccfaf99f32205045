public import MatrixModel

/// Says where this server's federation traffic goes (server-server API, "Resolving server names").
public enum GetServerWellKnown: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = EmptyRequest
    public static let route = Route.federation(.get, "/.well-known/matrix/server")

    public struct Response: EndpointResponse {
        public let delegate: ServerName

        public init(delegate: ServerName) { self.delegate = delegate }

        public var payload: Payload { .json(["m.server": .string(delegate.description)]) }
    }
}

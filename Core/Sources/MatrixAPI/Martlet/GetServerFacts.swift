import MatrixModel

/// What a client shows of a server before somebody signs in. Not part of the specification.
public enum GetServerFacts: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = EmptyRequest
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/_martlet/client/v1/server", limit: .read)
}

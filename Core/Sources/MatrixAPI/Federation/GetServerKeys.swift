/// This server's signing keys, signed by them (server-server API, "Publishing Keys").
public enum GetServerKeys: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = EmptyRequest
    public typealias Response = JSONResponse
    public static let route = Route.federation(.get, "/_matrix/key/v2/server")
}

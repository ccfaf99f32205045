/// Tells clients the base URL of this server (client-server API, "Well-known URIs").
public enum GetClientWellKnown: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = EmptyRequest
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/.well-known/matrix/client", limit: .none)
}

/// Tells people whom to ask for help (client-server API, "Well-known URIs").
public enum GetSupportWellKnown: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = EmptyRequest
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/.well-known/matrix/support", limit: .none)
}

/// Gives credentials of a relay for calls (client-server API, "Voice over IP").
public enum GetTURNServer: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/_matrix/client/v3/voip/turnServer", limit: .read, allowsGuests: true)
}

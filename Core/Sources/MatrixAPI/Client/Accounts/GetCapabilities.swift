/// Tells what the server lets the caller do (client-server API, "Capabilities negotiation").
public enum GetCapabilities: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    /// `{"capabilities": {…}}`.
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v3/capabilities", aliases: ["/_matrix/client/r0/capabilities"], limit: .read, allowsGuests: true)
}

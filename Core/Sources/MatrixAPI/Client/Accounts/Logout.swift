/// Ends the session of the access token and forgets its device.
public enum Logout: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public typealias Response = EmptyResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/logout", aliases: ["/_matrix/client/r0/logout"], limit: .read, allowsGuests: true,
        allowsLockedUsers: true)
}

/// Ends all sessions of the caller.
public enum LogoutAll: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public typealias Response = EmptyResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/logout/all", aliases: ["/_matrix/client/r0/logout/all"], limit: .read, allowsGuests: true,
        allowsLockedUsers: true)
}

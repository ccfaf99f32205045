/// Lists the e-mail addresses and telephone numbers of the account.
public enum GetThirdPartyIdentifiers: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    /// `{"threepids": […]}`.
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v3/account/3pid", aliases: ["/_matrix/client/r0/account/3pid"], limit: .read)
}

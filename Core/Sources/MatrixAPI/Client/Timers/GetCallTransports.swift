/// Where calls are carried (MSC4143, "Discovery of transport infrastructure").
public enum GetCallTransports: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/rtc/transports", aliases: ["/_matrix/client/unstable/org.matrix.msc4143/rtc/transports"], limit: .read,
        allowsGuests: true)
}

import MatrixModel

extension Route {
    /// A route of the client-server API's `v3`, which answers as `r0` too.
    static func clientV3(
        _ method: Method, _ path: String, aliases: [String] = [], limit: RateLimitClass, allowsGuests: Bool = false
    ) -> Route {
        Route(
            method, "/_matrix/client/v3" + path, aliases: ["/_matrix/client/r0" + path] + aliases, limit: limit, allowsGuests: allowsGuests)
    }

    /// "When an empty string, the trailing slash on this endpoint is optional."
    static let emptyStateKeyAliases = [
        "/_matrix/client/r0/rooms/{roomId}/state/{eventType}", "/_matrix/client/v3/rooms/{roomId}/state/{eventType}",
    ]
}

extension RequestInput {
    /// The state key of the path, empty where the path ends before it.
    var stateKey: String { (try? path("stateKey", as: String.self)) ?? "" }

    /// The servers of `via` and of its older name `server_name`; names out of grammar are passed over.
    func viaServers() throws(MatrixError) -> [ServerName] {
        let names = try queryAll("via", as: String.self) + queryAll("server_name", as: String.self)
        return names.compactMap { ServerName($0) }
    }

    /// The `filter` query parameter; everything where absent.
    func roomEventFilter() throws(MatrixError) -> RoomEventFilter {
        guard let text = try query("filter", as: String.self), !text.isEmpty else { return .everything }
        return try RoomEventFilter(text: text)
    }
}

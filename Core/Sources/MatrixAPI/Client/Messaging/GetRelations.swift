/// Gives the children of an event (client-server API, "Relationships API").
public enum GetRelations: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = RelationsRequest
    public typealias Response = FragmentResponse
    public static let route = Route.relations("")
}

/// Gives the children of an event of one kind.
public enum GetRelationsOfType: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = RelationsRequest
    public typealias Response = FragmentResponse
    public static let route = Route.relations("/{relType}")
}

/// Gives the children of an event of one kind and one event type.
public enum GetRelationsOfEventType: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = RelationsRequest
    public typealias Response = FragmentResponse
    public static let route = Route.relations("/{relType}/{eventType}")
}

extension Route {
    /// Children of an event; clients from before the stable path ask under `unstable`.
    fileprivate static func relations(_ rest: String) -> Route {
        let path = "/rooms/{roomId}/relations/{eventId}" + rest
        return Route(.get, "/_matrix/client/v1" + path, aliases: ["/_matrix/client/unstable" + path], limit: .read)
    }
}

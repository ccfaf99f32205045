/// A join event to complete and sign (server-server API, "Joining Rooms").
public enum MakeJoin: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Request = MembershipTemplateRequest
    public typealias Response = MembershipTemplateResponse
    public static let route = Route.federation(.get, "/_matrix/federation/v1/make_join/{roomId}/{userId}")
}

/// A leave event to complete and sign (server-server API, "Leaving Rooms (Rejecting Invites)").
public enum MakeLeave: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Request = MembershipTemplateRequest
    public typealias Response = MembershipTemplateResponse
    public static let route = Route.federation(.get, "/_matrix/federation/v1/make_leave/{roomId}/{userId}")
}

/// A knock event to complete and sign (server-server API, "Knocking upon a room").
public enum MakeKnock: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Request = MembershipTemplateRequest
    public typealias Response = MembershipTemplateResponse
    public static let route = Route.federation(.get, "/_matrix/federation/v1/make_knock/{roomId}/{userId}")
}

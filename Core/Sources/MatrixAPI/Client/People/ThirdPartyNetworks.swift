public import MatrixModel

/// Lists the networks that application services reach (client-server API, "Third-party Networks").
public enum GetThirdPartyProtocols: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/_matrix/client/v3/thirdparty/protocols", limit: .read)
}

/// Tells of one network.
public enum GetThirdPartyProtocol: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/_matrix/client/v3/thirdparty/protocol/{protocol}", limit: .read)

    public struct Request: EndpointRequest {
        public let name: String
        public init(_ input: RequestInput) throws(MatrixError) { name = try input.path("protocol") }
    }
}

/// Finds rooms that lead to a place of another network.
public enum FindThirdPartyLocations: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = GetThirdPartyProtocol.Request
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/_matrix/client/v3/thirdparty/location/{protocol}", limit: .read)
}

/// Finds users who stand for a person of another network.
public enum FindThirdPartyUsers: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = GetThirdPartyProtocol.Request
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/_matrix/client/v3/thirdparty/user/{protocol}", limit: .read)
}

/// Tells to which place of another network a room's alias leads.
public enum GetThirdPartyLocations: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/_matrix/client/v3/thirdparty/location", limit: .read)

    public struct Request: EndpointRequest {
        public let alias: RoomAlias

        public init(_ input: RequestInput) throws(MatrixError) {
            guard let alias: RoomAlias = try input.query("alias") else { throw .missingParam("alias") }
            self.alias = alias
        }
    }
}

/// Tells for which person of another network a user stands.
public enum GetThirdPartyUsers: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/_matrix/client/v3/thirdparty/user", limit: .read)

    public struct Request: EndpointRequest {
        public let user: UserID

        public init(_ input: RequestInput) throws(MatrixError) {
            guard let user: UserID = try input.query("userid") else { throw .missingParam("userid") }
            self.user = user
        }
    }
}

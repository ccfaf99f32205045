public import MatrixModel

/// Reads one type of the caller's global account data (client-server API, "Client Config").
public enum GetAccountData: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route(
        .get, "/_matrix/client/v3/user/{userId}/account_data/{type}",
        aliases: ["/_matrix/client/r0/user/{userId}/account_data/{type}"], limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let user: UserID
        public let type: String

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            type = try input.path("type")
        }
    }
}

/// Writes one type of the caller's global account data.
public enum SetAccountData: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .put, "/_matrix/client/v3/user/{userId}/account_data/{type}",
        aliases: ["/_matrix/client/r0/user/{userId}/account_data/{type}"], limit: .accountData)

    public struct Request: EndpointRequest {
        public let user: UserID
        public let type: String
        public let content: JSON

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            type = try input.path("type")
            content = try input.bodyObject()
        }
    }
}

/// Reads one type of the caller's account data for a room.
public enum GetRoomAccountData: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route(
        .get, "/_matrix/client/v3/user/{userId}/rooms/{roomId}/account_data/{type}",
        aliases: ["/_matrix/client/r0/user/{userId}/rooms/{roomId}/account_data/{type}"], limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let user: UserID
        public let roomID: RoomID
        public let type: String

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            roomID = try input.path("roomId")
            type = try input.path("type")
        }
    }
}

/// Writes one type of the caller's account data for a room.
public enum SetRoomAccountData: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .put, "/_matrix/client/v3/user/{userId}/rooms/{roomId}/account_data/{type}",
        aliases: ["/_matrix/client/r0/user/{userId}/rooms/{roomId}/account_data/{type}"], limit: .accountData)

    public struct Request: EndpointRequest {
        public let user: UserID
        public let roomID: RoomID
        public let type: String
        public let content: JSON

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            roomID = try input.path("roomId")
            type = try input.path("type")
            content = try input.bodyObject()
        }
    }
}

public import MatrixModel

/// Reads the caller's tags on a room (client-server API, "Room Tagging").
public enum GetRoomTags: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags", limit: .read)

    public struct Request: EndpointRequest {
        public let user: UserID
        public let roomID: RoomID

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            roomID = try input.path("roomId")
        }
    }
}

/// Adds a tag to a room, or replaces it.
public enum SetRoomTag: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(.put, "/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}", limit: .accountData)

    public struct Request: EndpointRequest {
        public let user: UserID
        public let roomID: RoomID
        public let tag: String
        /// The tag's data: `order`, a number from 0 to 1, and whatever else the client keeps.
        public let content: JSON

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            roomID = try input.path("roomId")
            tag = try input.path("tag")
            content = try input.optionalBodyObject()
            if let order = content["order"], order.kind != .integer, order.kind != .float { throw .badJSON("'order' must be a number.") }
        }
    }
}

/// Takes a tag off a room.
public enum DeleteRoomTag: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(.delete, "/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}", limit: .accountData)

    public struct Request: EndpointRequest {
        public let user: UserID
        public let roomID: RoomID
        public let tag: String

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            roomID = try input.path("roomId")
            tag = try input.path("tag")
        }
    }
}

public import MatrixModel

/// Makes an alias point to a room (client-server API, "Room aliases").
public enum SetRoomAlias: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(.put, "/directory/room/{roomAlias}", limit: .directory)

    public struct Request: EndpointRequest {
        public let alias: RoomAlias
        public let roomID: RoomID

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            alias = try input.path("roomAlias")
            roomID = try body.required("room_id")
        }
    }
}

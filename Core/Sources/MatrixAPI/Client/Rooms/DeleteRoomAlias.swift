public import MatrixModel

/// Removes an alias (client-server API, "Room aliases").
public enum DeleteRoomAlias: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(.delete, "/directory/room/{roomAlias}", limit: .directory)

    public struct Request: EndpointRequest {
        public let alias: RoomAlias

        public init(_ input: RequestInput) throws(MatrixError) {
            alias = try input.path("roomAlias")
        }
    }
}

public import MatrixModel

/// Publishes a room in the directory, or takes it out.
public enum SetDirectoryVisibility: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(.put, "/directory/list/room/{roomId}", limit: .directory)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let visibility: DirectoryVisibility

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            roomID = try input.path("roomId")
            visibility = try body.optional("visibility") ?? .public
        }
    }
}

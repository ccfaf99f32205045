public import MatrixModel

/// Tells whether a room is in the published room directory.
public enum GetDirectoryVisibility: Endpoint {
    public typealias Caller = PublicCaller
    public static let route = Route.clientV3(.get, "/directory/list/room/{roomId}", limit: .directory)

    public struct Request: EndpointRequest {
        public let roomID: RoomID

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
        }
    }

    public struct Response: EndpointResponse {
        public let visibility: DirectoryVisibility
        public init(visibility: DirectoryVisibility) { self.visibility = visibility }
        public var payload: Payload { .json(["visibility": .string(visibility.rawValue)]) }
    }
}

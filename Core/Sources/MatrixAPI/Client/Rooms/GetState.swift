public import MatrixModel

/// Gives the current state of a room.
public enum GetState: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/rooms/{roomId}/state", limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
        }
    }
}

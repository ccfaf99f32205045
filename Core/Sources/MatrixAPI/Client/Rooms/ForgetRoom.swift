public import MatrixModel

/// Forgets a room that was left (client-server API, "Leaving rooms").
public enum ForgetRoom: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(.post, "/rooms/{roomId}/forget", limit: .message, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
        }
    }
}

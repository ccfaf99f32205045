public import MatrixModel

/// Leaves a room, rejects an invite or retracts a knock (client-server API, "Leaving rooms").
public enum LeaveRoom: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(.post, "/rooms/{roomId}/leave", limit: .message, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let reason: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            roomID = try input.path("roomId")
            reason = try body.optional("reason")
        }
    }
}

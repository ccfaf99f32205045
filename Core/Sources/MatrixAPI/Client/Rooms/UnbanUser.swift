public import MatrixModel

/// Lifts a ban (client-server API, "Banning users in a room").
public enum UnbanUser: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(.post, "/rooms/{roomId}/unban", limit: .message)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let user: UserID
        public let reason: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            roomID = try input.path("roomId")
            user = try body.required("user_id")
            reason = try body.optional("reason")
        }
    }
}

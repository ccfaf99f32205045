public import MatrixModel

/// Tells that the caller has begun or stopped typing (client-server API, "Typing Notifications").
public enum SetTyping: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(.put, "/rooms/{roomId}/typing/{userId}", limit: .accountData, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let user: UserID
        public let typing: Bool
        /// For how long, from now.
        public let timeoutMilliseconds: Int?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            roomID = try input.path("roomId")
            user = try input.path("userId")
            typing = try body.required("typing")
            timeoutMilliseconds = try body.optional("timeout")
        }
    }
}

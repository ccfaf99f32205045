public import MatrixModel

/// Invites a user, or a third-party identifier, to a room (client-server API, "Joining rooms").
public enum InviteUser: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(.post, "/rooms/{roomId}/invite", limit: .invite)

    /// Who is invited.
    public enum Invitee: Sendable {
        case user(UserID)
        /// An e-mail address or telephone number at an identity server.
        case thirdParty(ThirdPartyAddress)
    }

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let invitee: Invitee
        public let reason: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            let body = try input.bodyObject()
            if body["user_id"] == nil, body["medium"] != nil, body["address"] != nil {
                invitee = .thirdParty(try ThirdPartyAddress(body))
            } else {
                invitee = .user(try body.required("user_id"))
            }
            reason = try body.optional("reason")
        }
    }
}

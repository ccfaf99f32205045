public import MatrixModel

/// Comes into a room by an invite link, and into the first channels of a community. Not part of the specification.
public enum AcceptInvitation: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = InviteCodeRequest
    public static let route = Route(.post, "/_martlet/client/v1/invites/{code}/accept", limit: .join, maximumBodyBytes: 8192)

    public struct Response: EndpointResponse {
        public let roomID: RoomID
        /// The channels that the caller is in now.
        public let joined: [RoomID]
        /// The channels that the caller could not be let into.
        public let skipped: [RoomID]

        public init(roomID: RoomID, joined: [RoomID], skipped: [RoomID]) {
            self.roomID = roomID
            self.joined = joined
            self.skipped = skipped
        }

        public var payload: Payload {
            .json([
                "room_id": .string(roomID.description), "joined": .array(joined.map { .string($0.description) }),
                "skipped": .array(skipped.map { .string($0.description) }),
            ])
        }
    }
}

public import MatrixModel

/// Lists the open invite links of a room that the caller may see. Not part of the specification.
public enum GetInviteLinks: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route(.get, "/_martlet/client/v1/rooms/{roomId}/invites", limit: .read)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        /// The address by which the client reached the server.
        public let origin: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            origin = input.origin
        }
    }

    public struct Response: EndpointResponse {
        /// The newest first.
        public let links: [InviteLinkResponse]

        public init(links: [InviteLinkResponse]) { self.links = links }

        public var payload: Payload { .json(["invites": .array(links.map(\.value))]) }
    }
}

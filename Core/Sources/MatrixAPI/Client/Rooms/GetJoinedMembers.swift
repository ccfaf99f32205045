public import MatrixModel

/// Maps the joined members of a room to their names and avatars.
public enum GetJoinedMembers: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/rooms/{roomId}/joined_members", limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
        }
    }
}

public import MatrixModel

/// Gives the membership events of a room.
public enum GetMembers: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/rooms/{roomId}/members", limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        /// A pagination token: the members as they were there.
        public let at: String?
        /// Memberships to include.
        public let membership: Membership?
        /// Memberships to exclude.
        public let notMembership: Membership?

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            at = try input.query("at")
            membership = try input.query("membership")
            notMembership = try input.query("not_membership")
        }
    }
}

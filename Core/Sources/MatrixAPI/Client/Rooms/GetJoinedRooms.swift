public import MatrixModel

/// Lists the rooms that the caller has joined.
public enum GetJoinedRooms: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public static let route = Route.clientV3(.get, "/joined_rooms", limit: .read, allowsGuests: true)

    public struct Response: EndpointResponse {
        public let rooms: [RoomID]
        public init(rooms: [RoomID]) { self.rooms = rooms }
        public var payload: Payload { .json(["joined_rooms": .array(rooms.map { .string($0.description) })]) }
    }
}

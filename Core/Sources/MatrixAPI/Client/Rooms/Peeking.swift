public import MatrixModel

/// Listens for events of one room, or of all that the person is in (client-server API, "Room Previews"; deprecated but for previews).
public enum ListenForEvents: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/events", limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let from: String?
        public let roomID: RoomID?
        public let timeoutMilliseconds: Int

        public init(_ input: RequestInput) throws(MatrixError) {
            from = try input.query("from", as: String.self).flatMap { $0.isEmpty ? nil : $0 }
            roomID = try input.query("room_id")
            timeoutMilliseconds = max(0, try input.query("timeout") ?? 30_000)
        }
    }
}

/// Gives one event by its identifier alone (deprecated).
public enum GetEventByID: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/events/{eventId}", limit: .read)

    public struct Request: EndpointRequest {
        public let eventID: EventID

        public init(_ input: RequestInput) throws(MatrixError) { eventID = try input.path("eventId") }
    }
}

/// Gives everything that the person has, as before there was `/sync` (deprecated).
public enum InitialSync: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/initialSync", limit: .search)

    public struct Request: EndpointRequest {
        public let limit: Int?
        /// Whether rooms that the person left are included.
        public let includesArchived: Bool

        public init(_ input: RequestInput) throws(MatrixError) {
            limit = try input.query("limit")
            includesArchived = try input.query("archived") ?? false
        }
    }
}

/// Gives a room with its state and newest messages (deprecated but for previews).
public enum RoomInitialSync: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/rooms/{roomId}/initialSync", limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let limit: Int?

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            limit = try input.query("limit")
        }
    }
}

public import MatrixModel

/// Takes an invite for a user of this server and answers with it, counter-signed (server-server API, "Inviting to a room").
public enum PeerInvite: Endpoint {
    public typealias Caller = PeerCaller
    public static let route = Route.federation(
        .put, "/_matrix/federation/v2/invite/{roomId}/{eventId}", maximumBodyBytes: Route.maximumEventRequestBytes)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let eventID: EventID
        public let roomVersion: String
        /// The event, not yet checked.
        public let event: JSON
        public let inviteRoomState: [JSON]

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            eventID = try input.path("eventId")
            let body = try input.bodyObject()
            roomVersion = try body.required("room_version")
            event = try body.required("event")
            guard event.isObject else { throw .badJSON("'event' must be an object.") }
            inviteRoomState = try body.optional("invite_room_state") ?? []
        }
    }

    public struct Response: EndpointResponse {
        /// The event's JSON text.
        public let event: [UInt8]

        public init(event: [UInt8]) { self.event = event }

        public var payload: Payload { .fragment(.object([("event", .encoded(event))])) }
    }
}

/// The older form of `PeerInvite`, for room versions 1 and 2.
public enum PeerInviteV1: Endpoint {
    public typealias Caller = PeerCaller
    public static let route = Route.federation(
        .put, "/_matrix/federation/v1/invite/{roomId}/{eventId}", maximumBodyBytes: Route.maximumEventRequestBytes)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let eventID: EventID
        /// The event, not yet checked; its `unsigned.invite_room_state` describes the room.
        public let event: JSON

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            eventID = try input.path("eventId")
            event = try input.bodyObject()
        }
    }

    public struct Response: EndpointResponse {
        /// The event's JSON text.
        public let event: [UInt8]

        public init(event: [UInt8]) { self.event = event }

        public var payload: Payload { .fragment(.array([.integer(200), .object([("event", .encoded(event))])])) }
    }
}

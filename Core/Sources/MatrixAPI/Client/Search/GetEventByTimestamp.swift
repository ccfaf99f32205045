public import MatrixModel

/// Finds the event of a room that is nearest to a moment (client-server API, "Getting events for a room").
public enum GetEventByTimestamp: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route(
        .get, "/_matrix/client/v1/rooms/{roomId}/timestamp_to_event",
        aliases: ["/_matrix/client/unstable/org.matrix.msc3030/rooms/{roomId}/timestamp_to_event"], limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let query: TimestampQuery

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            query = try TimestampQuery(input)
        }
    }

    public typealias Response = TimestampedEvent
}

/// A moment, and on which side of it an event is wanted.
public struct TimestampQuery: Sendable, Hashable {
    /// Milliseconds since the epoch.
    public let timestamp: Int
    public let direction: PageDirection

    public init(timestamp: Int, direction: PageDirection) {
        self.timestamp = timestamp
        self.direction = direction
    }

    init(_ input: RequestInput) throws(MatrixError) {
        timestamp = try input.requiredQuery("ts")
        direction = try input.requiredQuery("dir")
        guard timestamp >= 0 else { throw .invalidParam("'ts' must not be negative.") }
    }

    /// Whether a time is on the side that is wanted.
    public func admits(_ time: Int) -> Bool {
        switch direction {
        case .forward: time >= timestamp
        case .backward: time <= timestamp
        }
    }

    /// Whether the first time is nearer than the second, both being on the side that is wanted.
    public func isNearer(_ time: Int, than other: Int) -> Bool {
        switch direction {
        case .forward: time < other
        case .backward: time > other
        }
    }
}

/// An event and its time.
public struct TimestampedEvent: EndpointResponse, Hashable {
    public let eventID: EventID
    /// Milliseconds since the epoch.
    public let originServerTS: Int

    public init(eventID: EventID, originServerTS: Int) {
        self.eventID = eventID
        self.originServerTS = originServerTS
    }

    public var payload: Payload { .json(["event_id": .string(eventID.description), "origin_server_ts": .integer(originServerTS)]) }
}

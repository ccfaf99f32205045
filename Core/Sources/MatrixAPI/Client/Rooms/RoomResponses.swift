public import MatrixModel

/// The answer `{"room_id": …}`.
public struct RoomIDResponse: EndpointResponse {
    public let roomID: RoomID
    public init(roomID: RoomID) { self.roomID = roomID }
    public var payload: Payload { .json(["room_id": .string(roomID.description)]) }
}

/// The answer `{"event_id": …}`.
public struct EventIDResponse: EndpointResponse {
    public let eventID: EventID
    public init(eventID: EventID) { self.eventID = eventID }
    public var payload: Payload { .json(["event_id": .string(eventID.description)]) }
}

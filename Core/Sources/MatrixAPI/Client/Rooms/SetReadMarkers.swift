public import MatrixModel

/// Moves the caller's read marker and receipts (client-server API, "Fully read markers").
public enum SetReadMarkers: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route.clientV3(.post, "/rooms/{roomId}/read_markers", limit: .accountData, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let fullyRead: EventID?
        public let read: EventID?
        public let privateRead: EventID?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            roomID = try input.path("roomId")
            fullyRead = try body.optional("m.fully_read")
            read = try body.optional("m.read")
            privateRead = try body.optional("m.read.private")
        }
    }
}

public import MatrixModel

/// Finds the event of a room that is nearest to a moment (server-server API, "Retrieving events").
public enum PeerEventByTimestamp: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = TimestampedEvent
    public static let route = Route(
        .get, "/_matrix/federation/v1/timestamp_to_event/{roomId}",
        aliases: ["/_matrix/federation/unstable/org.matrix.msc3030/timestamp_to_event/{roomId}"], limit: .federation)

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let query: TimestampQuery

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            query = try TimestampQuery(input)
        }
    }
}

public import MatrixModel

/// Tells what a room is to somebody who may not be in it (client-server API, "Rooms": room summary).
public enum GetRoomSummary: Endpoint {
    public typealias Caller = OptionalUserCaller
    public typealias Response = JSONResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/room_summary/{roomIdOrAlias}",
        aliases: [
            "/_matrix/client/unstable/im.nheko.summary/rooms/{roomIdOrAlias}/summary",
            "/_matrix/client/unstable/im.nheko.summary/summary/{roomIdOrAlias}",
        ], limit: .directory, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let room: RoomReference
        /// Servers to ask about a room that this one is not in.
        public let via: [ServerName]

        public init(_ input: RequestInput) throws(MatrixError) {
            room = try input.path("roomIdOrAlias")
            via = try input.viaServers()
        }
    }
}

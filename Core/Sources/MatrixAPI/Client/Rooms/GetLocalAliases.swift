public import MatrixModel

/// Lists this server's aliases of a room.
public enum GetLocalAliases: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route.clientV3(
        .get, "/rooms/{roomId}/aliases", aliases: ["/_matrix/client/unstable/org.matrix.msc2432/rooms/{roomId}/aliases"], limit: .read)

    public struct Request: EndpointRequest {
        public let roomID: RoomID

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
        }
    }

    public struct Response: EndpointResponse {
        public let aliases: [RoomAlias]
        public init(aliases: [RoomAlias]) { self.aliases = aliases }
        public var payload: Payload { .json(["aliases": .array(aliases.map { .string($0.description) })]) }
    }
}

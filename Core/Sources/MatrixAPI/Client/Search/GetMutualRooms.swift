public import MatrixModel

/// Lists the rooms that the caller and another user are both in (client-server API, "Mutual Rooms").
public enum GetMutualRooms: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route(
        .get, "/_matrix/client/v1/mutual_rooms", aliases: ["/_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms"], limit: .read)

    public struct Request: EndpointRequest {
        /// As the caller wrote it: what is no user shares no room.
        public let userID: String
        /// The token of an earlier page.
        public let from: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            userID = try input.requiredQuery("user_id")
            let unstable: String? = try input.query("batch_token")
            from = try input.query("from") ?? unstable
        }
    }

    public struct Response: EndpointResponse {
        public let joined: [RoomID]
        /// The number of rooms in all pages.
        public let count: Int
        public let nextBatch: String?

        public init(joined: [RoomID], count: Int, nextBatch: String?) {
            self.joined = joined
            self.count = count
            self.nextBatch = nextBatch
        }

        public var payload: Payload {
            var body: JSONValue = ["joined": .array(joined.map { .string($0.description) }), "count": .integer(count)]
            if let nextBatch {
                body["next_batch"] = .string(nextBatch)
                // The name that the unstable form has.
                body["next_batch_token"] = .string(nextBatch)
            }
            return .json(body)
        }
    }
}

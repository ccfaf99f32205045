public import MatrixModel

/// Lists the threads of a room (client-server API, "Querying threads in a room").
public enum GetThreads: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/rooms/{roomId}/threads",
        aliases: ["/_matrix/client/unstable/org.matrix.msc3856/rooms/{roomId}/threads"], limit: .read)

    /// Which threads are of interest.
    public enum Inclusion: String, TextDecodable {
        case all, participated
        public init?(text: String) { self.init(rawValue: text) }
    }

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let include: Inclusion
        public let limit: Int?
        public let from: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            include = try input.query("include") ?? .all
            from = try input.query("from")
            limit = try input.query("limit")
            // "Must be an integer greater than zero."
            if let limit, limit < 1 { throw .invalidParam("'limit' must be greater than zero.") }
        }
    }
}

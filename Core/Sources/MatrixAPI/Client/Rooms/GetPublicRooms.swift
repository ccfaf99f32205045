public import MatrixModel

/// Lists the published room directory.
public enum GetPublicRooms: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/publicRooms", limit: .directory)

    public struct Request: EndpointRequest {
        public let limit: Int?
        /// A token of an earlier page.
        public let since: String?
        /// The server whose directory is asked for.
        public let server: ServerName?

        public init(_ input: RequestInput) throws(MatrixError) {
            limit = try input.query("limit")
            since = try input.query("since")
            server = try input.query("server")
        }
    }
}

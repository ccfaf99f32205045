public import MatrixModel

/// Searches the published room directory.
public enum QueryPublicRooms: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.post, "/publicRooms", limit: .directory, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let limit: Int?
        /// A token of an earlier page.
        public let since: String?
        /// The server whose directory is asked for.
        public let server: ServerName?
        public let filter: PublicRoomFilter
        public let thirdPartyInstanceID: String?
        public let includeAllNetworks: Bool

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            limit = try body.optional("limit")
            since = try body.optional("since")
            server = try input.query("server")
            filter = try body.optional("filter") ?? .none
            thirdPartyInstanceID = try body.optional("third_party_instance_id")
            includeAllNetworks = try body.optional("include_all_networks") ?? false
        }
    }
}

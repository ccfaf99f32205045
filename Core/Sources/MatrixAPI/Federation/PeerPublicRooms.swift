public import MatrixModel

/// The public room directory for other servers (server-server API, "Public Room Directory").
public enum PeerPublicRooms: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = JSONResponse
    public static let route = Route.federation(.get, "/_matrix/federation/v1/publicRooms")

    public struct Request: EndpointRequest {
        public let query: PeerPublicRoomsQuery

        public init(_ input: RequestInput) throws(MatrixError) {
            query = PeerPublicRoomsQuery(
                limit: try input.query("limit"), since: try input.query("since"), searchTerm: nil, roomTypes: nil,
                includesAllNetworks: try input.query("include_all_networks") ?? false,
                thirdPartyInstance: try input.query("third_party_instance_id"))
        }
    }
}

/// The public room directory for other servers, filtered.
public enum PeerPublicRoomsSearch: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = JSONResponse
    public static let route = Route.federation(.post, "/_matrix/federation/v1/publicRooms")

    public struct Request: EndpointRequest {
        public let query: PeerPublicRoomsQuery

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            let filter = body["filter"]
            var roomTypes: [String?]?
            if let types = filter?["room_types"], types.isArray { roomTypes = types.elements.map(\.string) }
            query = PeerPublicRoomsQuery(
                limit: try body.optional("limit"), since: try body.optional("since"),
                searchTerm: filter?["generic_search_term"]?.string, roomTypes: roomTypes,
                includesAllNetworks: try body.optional("include_all_networks") ?? false,
                thirdPartyInstance: try body.optional("third_party_instance_id"))
        }
    }
}

/// What is asked of a public room directory.
public struct PeerPublicRoomsQuery: Sendable, Hashable {
    public let limit: Int?
    /// The `next_batch` or `prev_batch` of an earlier answer.
    public let since: String?
    public let searchTerm: String?
    /// The room types wanted, nil among them for rooms without a type; all where nil.
    public let roomTypes: [String?]?
    public let includesAllNetworks: Bool
    public let thirdPartyInstance: String?

    public init(
        limit: Int? = nil, since: String? = nil, searchTerm: String? = nil, roomTypes: [String?]? = nil, includesAllNetworks: Bool = false,
        thirdPartyInstance: String? = nil
    ) {
        self.limit = limit
        self.since = since
        self.searchTerm = searchTerm
        self.roomTypes = roomTypes
        self.includesAllNetworks = includesAllNetworks
        self.thirdPartyInstance = thirdPartyInstance
    }

    /// The body of `POST …/publicRooms`.
    public var body: JSONValue {
        var body: [String: JSONValue] = [:]
        if let limit { body["limit"] = .integer(limit) }
        if let since { body["since"] = .string(since) }
        if includesAllNetworks { body["include_all_networks"] = true }
        if let thirdPartyInstance { body["third_party_instance_id"] = .string(thirdPartyInstance) }
        var filter: [String: JSONValue] = [:]
        if let searchTerm { filter["generic_search_term"] = .string(searchTerm) }
        if let roomTypes { filter["room_types"] = .array(roomTypes.map { $0.map(JSONValue.string) ?? .null }) }
        if !filter.isEmpty { body["filter"] = .object(filter) }
        return .object(body)
    }
}

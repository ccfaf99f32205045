public import MatrixModel

/// Events before the named ones (server-server API, "Backfilling and retrieving missing events").
public enum BackfillRoom: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = FragmentResponse
    public static let route = Route.federation(.get, "/_matrix/federation/v1/backfill/{roomId}")

    public struct Request: EndpointRequest {
        /// Most events that one request names as starting points.
        public static let maximumStartingPoints = 100
        public let roomID: RoomID
        /// The events to start from; they are part of the answer.
        public let eventIDs: [EventID]
        public let limit: Int

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            eventIDs = try input.queryAll("v")
            limit = try input.requiredQuery("limit")
            guard !eventIDs.isEmpty else { throw .missingParam("v") }
            guard eventIDs.count <= Request.maximumStartingPoints else { throw .invalidParam("Too many 'v'.") }
        }
    }
}

/// Events between two sets (server-server API, "Backfilling and retrieving missing events").
public enum GetMissingEvents: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = FragmentResponse
    public static let route = Route.federation(.post, "/_matrix/federation/v1/get_missing_events/{roomId}")

    public struct Request: EndpointRequest {
        /// Most event IDs in either list.
        public static let maximumEvents = 1_000
        public let roomID: RoomID
        public let limit: Int
        public let minimumDepth: Int
        /// What the asking server has: the walk does not go past these.
        public let earliest: [EventID]
        /// What the asking server wants the predecessors of.
        public let latest: [EventID]

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            let body = try input.bodyObject()
            limit = try body.optional("limit") ?? 10
            minimumDepth = try body.optional("min_depth") ?? 0
            earliest = try body.required("earliest_events")
            latest = try body.required("latest_events")
            guard max(earliest.count, latest.count) <= Request.maximumEvents else { throw .invalidParam("Too many events are named.") }
        }
    }
}

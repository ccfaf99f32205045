public import MatrixModel

/// Searches the events of a person's rooms (client-server API, "Server Side Search").
public enum SearchEvents: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.post, "/search", limit: .search)

    public struct Request: EndpointRequest {
        /// The token of an earlier page.
        public let nextBatch: String?
        /// What is looked for among events; nil where the request names no category.
        public let roomEvents: EventSearchCriteria?

        public init(_ input: RequestInput) throws(MatrixError) {
            nextBatch = try input.query("next_batch")
            let categories: JSON = try input.bodyObject().required("search_categories")
            guard categories.isObject else { throw .badJSON("'search_categories' must be an object.") }
            guard let category = categories["room_events"], !category.isNull else {
                roomEvents = nil
                return
            }
            roomEvents = try EventSearchCriteria(category)
        }
    }
}

/// What a search of events wants.
public struct EventSearchCriteria: Sendable {
    /// Parts of events that can be searched.
    public enum Key: String, Sendable, CaseIterable {
        case body = "content.body"
        case name = "content.name"
        case topic = "content.topic"
    }

    /// The order of the results.
    public enum Order: String, Sendable {
        case rank, recent
    }

    /// What results can be grouped by.
    public enum Grouping: String, Sendable, CaseIterable {
        case room = "room_id"
        case sender
    }

    /// What is told of the surroundings of each result.
    public struct Context: Sendable, Hashable {
        public let before: Int
        public let after: Int
        public let includesProfile: Bool
    }

    public let term: String
    public let keys: Set<Key>
    public let filter: RoomEventFilter
    public let order: Order
    /// Nil where no surroundings are wanted.
    public let context: Context?
    public let includesState: Bool
    public let groupings: [Grouping]

    init(_ category: JSON) throws(MatrixError) {
        guard category.isObject else { throw .badJSON("'room_events' must be an object.") }
        term = try category.required("search_term")
        if let names = try category.optional("keys", as: [String].self) {
            keys = try EventSearchCriteria.keys(names)
        } else {
            keys = Set(Key.allCases)
        }
        filter = try category.optional("filter") ?? .everything
        if let name = try category.optional("order_by", as: String.self) {
            guard let order = Order(rawValue: name) else { throw .invalidParam("There is no order '\(name)'.") }
            self.order = order
        } else {
            order = .rank
        }
        context = try EventSearchCriteria.context(category["event_context"])
        includesState = try category.optional("include_state") ?? false
        groupings = try EventSearchCriteria.groupings(category["groupings"])
    }

    private static func keys(_ names: [String]) throws(MatrixError) -> Set<Key> {
        var keys: Set<Key> = []
        for name in names {
            guard let key = Key(rawValue: name) else { throw .invalidParam("'\(name)' cannot be searched.") }
            keys.insert(key)
        }
        return keys
    }

    private static func context(_ json: JSON?) throws(MatrixError) -> Context? {
        guard let json, !json.isNull else { return nil }
        guard json.isObject else { throw .badJSON("'event_context' must be an object.") }
        let before: Int = try json.optional("before_limit") ?? 5
        let after: Int = try json.optional("after_limit") ?? 5
        guard before >= 0, after >= 0 else { throw .invalidParam("The limits of 'event_context' must not be negative.") }
        return Context(before: before, after: after, includesProfile: try json.optional("include_profile") ?? false)
    }

    private static func groupings(_ json: JSON?) throws(MatrixError) -> [Grouping] {
        guard let json, !json.isNull else { return [] }
        guard json.isObject else { throw .badJSON("'groupings' must be an object.") }
        var groupings: [Grouping] = []
        for group in try json.optional("group_by", as: [JSON].self) ?? [] {
            let key: String = try group.required("key")
            guard let grouping = Grouping(rawValue: key) else { throw .invalidParam("Results cannot be grouped by '\(key)'.") }
            if !groupings.contains(grouping) { groupings.append(grouping) }
        }
        return groupings
    }
}

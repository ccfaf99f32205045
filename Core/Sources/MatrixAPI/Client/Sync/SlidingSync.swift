public import MatrixModel

/// Gives what is new in the rooms of a client's windows, or waits for it (MSC4186, "Simplified Sliding Sync").
public enum SlidingSync: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route(
        .post, "/_matrix/client/v4/sync", aliases: ["/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"], limit: .none,
        allowsGuests: true)

    public struct Request: EndpointRequest {
        /// Whether the path is the final one; the names of some members of the answer depend on it.
        public let isStable: Bool
        /// The `pos` of the answer that the client processed last; nil begins anew.
        public let position: String?
        /// The client's name for the connection; empty where it has but one.
        public let connection: String
        /// Given back as it is.
        public let transaction: String?
        public let timeoutMilliseconds: Int
        /// `online`, `unavailable` or `offline`.
        public let setPresence: String?
        /// By name, in order.
        public let lists: [(name: String, list: SlidingList)]
        /// By room, in order.
        public let subscriptions: [(room: RoomID, config: SlidingRoomConfig)]
        public let extensions: SlidingExtensions

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.optionalBodyObject()
            isStable = input.uri.utf8.starts(with: SlidingSync.route.path.utf8)
            // The final form has everything in the body, the unstable one these three in the query; either is understood of both.
            var position = try input.query("pos", as: String.self)
            if position == nil { position = try body.optional("pos") }
            self.position = position.flatMap { $0.isEmpty ? nil : $0 }
            var timeout = try input.query("timeout", as: Int.self)
            if timeout == nil { timeout = try body.optional("timeout") }
            timeoutMilliseconds = max(0, timeout ?? 0)
            var presence = try input.query("set_presence", as: String.self)
            if presence == nil { presence = try body.optional("set_presence") }
            setPresence = presence
            if let setPresence, !["online", "unavailable", "offline"].contains(setPresence) {
                throw .invalidParam("'\(setPresence)' is no state of presence.")
            }
            connection = try body.optional("conn_id") ?? ""
            guard connection.utf8.count <= SlidingLimits.nameBytes else { throw .invalidParam("'conn_id' is too long.") }
            transaction = try body.optional("txn_id")
            lists = try Request.lists(body, isStable: isStable)
            subscriptions = try Request.subscriptions(body, isStable: isStable)
            extensions = try SlidingExtensions(try body.object("extensions"))
        }

        private static func lists(_ body: JSON, isStable: Bool) throws(MatrixError) -> [(name: String, list: SlidingList)] {
            guard let object = try body.object("lists") else { return [] }
            // "Max lists: 100."
            guard object.count <= SlidingLimits.lists else { throw .invalidParam("More than \(SlidingLimits.lists) lists.") }
            var lists: [(name: String, list: SlidingList)] = []
            for (name, list) in object.members {
                guard name.utf8.count <= SlidingLimits.nameBytes, !isStable || isOpaqueIdentifier(name) else {
                    throw .invalidParam("'\(name)' is no name of a list.")
                }
                lists.append((name, try SlidingList(list)))
            }
            return lists.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }

        private static func subscriptions(
            _ body: JSON, isStable: Bool
        ) throws(MatrixError) -> [(room: RoomID, config: SlidingRoomConfig)] {
            guard let object = try body.object("room_subscriptions") else { return [] }
            let limit = isStable ? SlidingLimits.subscriptions : SlidingLimits.unstableSubscriptions
            guard object.count <= limit else { throw .invalidParam("More than \(limit) room subscriptions.") }
            let ended = Set(try body.optional("unsubscribe_rooms", as: [RoomID].self) ?? [])
            var subscriptions: [(room: RoomID, config: SlidingRoomConfig)] = []
            for (name, config) in object.members {
                guard let room = RoomID(name) else { throw .invalidParam("'\(name)' is no room ID.") }
                let config = try SlidingRoomConfig(config)
                if !ended.contains(room) { subscriptions.append((room, config)) }
            }
            return subscriptions.sorted { $0.room < $1.room }
        }

        /// "The list keys must follow the grammar of 'opaque identifiers'."
        private static func isOpaqueIdentifier(_ name: String) -> Bool {
            !name.isEmpty
                && name.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                        true
                    default: false
                    }
                }
        }
    }
}

/// Bounds of what one request of sliding sync may ask for.
public enum SlidingLimits {
    /// Lists and subscriptions of one request; clients of the unstable path never heard of a bound on the latter.
    static let lists = 100
    static let subscriptions = 100
    static let unstableSubscriptions = 1_000
    /// Ranges of one list.
    static let ranges = 20
    /// Bytes of a name that the client gives.
    static let nameBytes = 255
    /// Patterns of required state in one room config.
    static let statePatterns = 500
    /// Entries of a filter's or an extension's list.
    static let listed = 1_000
    /// Events of one room's timeline at most.
    public static let largestTimeline = 200
}

extension JSON {
    /// The member that must be an object where it is there; 400 `M_BAD_JSON` else.
    func object(_ key: String) throws(MatrixError) -> JSON? {
        guard let field = self[key], !field.isNull else { return nil }
        guard field.isObject else { throw .badJSON("'\(key)' must be an object.") }
        return field
    }

    /// The list of that name, within the bound of a request.
    func list<Element: FieldDecodable>(_ key: String, of type: Element.Type = Element.self) throws(MatrixError) -> [Element]? {
        guard let list = try optional(key, as: [Element].self) else { return nil }
        guard list.count <= SlidingLimits.listed else { throw .invalidParam("'\(key)' has more than \(SlidingLimits.listed) entries.") }
        return list
    }
}

public import MatrixModel

/// What a client wants besides rooms (MSC4186, "Extensions", and the proposals of each); nil where it does not.
public struct SlidingExtensions: Sendable {
    public let toDevice: Stream?
    public let encryption: Bool
    public let accountData: Scope?
    public let receipts: Scope?
    public let typing: Scope?
    public let threadSubscriptions: Stream?
    public let profiles: Profiles?
    public let stickyEvents: Stream?

    /// An extension that is told in order, with bounds of its own.
    public struct Stream: Sendable {
        /// The name that it was asked for by.
        public let name: String
        public let limit: Int?
        /// Where the client stands.
        public let since: String?
    }

    /// An extension about rooms: of which lists and subscriptions.
    public struct Scope: Sendable {
        /// Of every list where nil.
        public let lists: [String]?
        /// Of every subscription where nil.
        public let rooms: [RoomID]?
    }

    /// The profiles of others: of which rooms, and which fields; all where nil.
    public struct Profiles: Sendable {
        /// The name that it was asked for by.
        public let name: String
        public let scope: Scope
        public let fields: [String]?
    }

    init(_ json: JSON?) throws(MatrixError) {
        toDevice = try SlidingExtensions.stream(json, "to_device", nil)
        encryption = try SlidingExtensions.enabled(json, "e2ee") != nil
        accountData = try SlidingExtensions.scope(json, "account_data")
        receipts = try SlidingExtensions.scope(json, "receipts")
        typing = try SlidingExtensions.scope(json, "typing")
        threadSubscriptions = try SlidingExtensions.stream(json, "io.element.msc4308.thread_subscriptions", "thread_subscriptions")
        stickyEvents = try SlidingExtensions.stream(json, "org.matrix.msc4354.sticky_events", "sticky_events")
        profiles = try SlidingExtensions.profiles(json)
    }

    /// The configuration of an extension that is enabled.
    private static func enabled(_ json: JSON?, _ name: String) throws(MatrixError) -> JSON? {
        guard let config = try json?.object(name), try config.optional("enabled") ?? false else { return nil }
        return config
    }

    private static func stream(_ json: JSON?, _ name: String, _ stable: String?) throws(MatrixError) -> Stream? {
        for name in [name, stable].compactMap({ $0 }) {
            guard let config = try enabled(json, name) else { continue }
            let limit = try config.optional("limit", as: Int.self)
            if let limit, limit < 1 { throw .invalidParam("'limit' of \(name) is less than one.") }
            return Stream(name: name, limit: limit, since: try config.optional("since"))
        }
        return nil
    }

    private static func scope(_ json: JSON?, _ name: String) throws(MatrixError) -> Scope? {
        guard let config = try enabled(json, name) else { return nil }
        return try scope(config)
    }

    /// `*` stands for all.
    private static func scope(_ config: JSON) throws(MatrixError) -> Scope {
        var lists = try config.list("lists", of: String.self)
        if lists?.contains("*") == true { lists = nil }
        guard let names = try config.list("rooms", of: String.self), !names.contains("*") else { return Scope(lists: lists, rooms: nil) }
        var rooms: [RoomID] = []
        for name in names {
            guard let room = RoomID(name) else { throw .invalidParam("'\(name)' is no room ID.") }
            rooms.append(room)
        }
        return Scope(lists: lists, rooms: rooms)
    }

    private static func profiles(_ json: JSON?) throws(MatrixError) -> Profiles? {
        for name in ["org.matrix.msc4262.profiles", "profiles"] {
            guard let config = try enabled(json, name) else { continue }
            return Profiles(name: name, scope: try scope(config), fields: try config.list("fields"))
        }
        return nil
    }
}

public import MatrixModel

/// Which data a `/sync` should carry (client-server API, "Filtering": Filter).
///
/// A class, for each waiting sync keeps one: as a value it would fill kilobytes of every function on the way there.
public final class SyncFilter: Sendable {
    /// The form of events in the answer.
    public enum EventFormat: String, Sendable {
        case client, federation
    }

    public let format: EventFormat
    /// The dot-separated paths of the event members to include; all where nil.
    public let eventFields: [String]?
    public let presence: EventFilter
    public let accountData: EventFilter
    public let room: RoomFilter

    /// What rooms, and of them what, is wanted.
    public struct RoomFilter: Sendable {
        public let rooms: Set<String>?
        public let notRooms: Set<String>
        public let includesLeft: Bool
        public let ephemeral: RoomEventFilter
        public let state: RoomEventFilter
        public let timeline: RoomEventFilter
        public let accountData: RoomEventFilter

        static let everything = RoomFilter(
            rooms: nil, notRooms: [], includesLeft: false, ephemeral: .everything, state: .everything, timeline: .everything,
            accountData: .everything)

        public func admits(room: String) -> Bool {
            if notRooms.contains(room) { return false }
            guard let rooms else { return true }
            return rooms.contains(room)
        }
    }

    public static let everything = SyncFilter(format: .client, eventFields: nil, presence: .everything, accountData: .everything, room: .everything)

    init(format: EventFormat, eventFields: [String]?, presence: EventFilter, accountData: EventFilter, room: RoomFilter) {
        self.format = format
        self.eventFields = eventFields
        self.presence = presence
        self.accountData = accountData
        self.room = room
    }

    /// 400 `M_BAD_JSON` where a member is of the wrong kind.
    public init(_ json: JSON) throws(MatrixError) {
        guard json.isObject else { throw .badJSON("A filter must be an object.") }
        if let text = try json.optional("event_format", as: String.self) {
            guard let format = EventFormat(rawValue: text) else { throw .badJSON("'event_format' is neither client nor federation.") }
            self.format = format
        } else {
            format = .client
        }
        eventFields = try json.optional("event_fields")
        presence = try json.optional("presence") ?? .everything
        accountData = try json.optional("account_data") ?? .everything
        guard let rooms = json["room"], !rooms.isNull else {
            room = .everything
            return
        }
        guard rooms.isObject else { throw .badJSON("'room' must be an object.") }
        room = RoomFilter(
            rooms: try rooms.optional("rooms", as: [String].self).map { Set($0) },
            notRooms: Set(try rooms.optional("not_rooms", as: [String].self) ?? []),
            includesLeft: try rooms.optional("include_leave") ?? false,
            ephemeral: try rooms.optional("ephemeral") ?? .everything,
            state: try rooms.optional("state") ?? .everything,
            timeline: try rooms.optional("timeline") ?? .everything,
            accountData: try rooms.optional("account_data") ?? .everything)
    }

    /// Lazy loading counts whether it is asked for on `state`, where the specification has it, or on `timeline`, where some clients put it.
    public var lazyLoadsMembers: Bool { room.state.lazyLoadsMembers || room.timeline.lazyLoadsMembers }
    public var includesRedundantMembers: Bool { room.state.includesRedundantMembers || room.timeline.includesRedundantMembers }
}

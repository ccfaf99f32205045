public import MatrixModel

/// Which events of rooms are wanted (client-server API, "Filtering": RoomEventFilter).
public struct RoomEventFilter: Sendable, FieldDecodable {
    public let events: EventFilter
    public let rooms: Set<String>?
    public let notRooms: Set<String>
    public let lazyLoadsMembers: Bool
    public let includesRedundantMembers: Bool
    /// Whether only events with (or without) a `url` in their content are wanted.
    public let containsURL: Bool?
    public let countsThreads: Bool
    /// Kinds of relation: only events with a child of one of them are wanted.
    public let relatedByRelationTypes: [String]?
    /// Senders: only events with a child of one of them are wanted.
    public let relatedBySenders: [String]?
    /// The parts of events that are wanted, where not all are.
    public let eventFields: [String]?

    public static let everything = RoomEventFilter(
        events: .everything, rooms: nil, notRooms: [], lazyLoadsMembers: false, includesRedundantMembers: false, containsURL: nil,
        countsThreads: false)

    public init(
        events: EventFilter, rooms: Set<String>?, notRooms: Set<String>, lazyLoadsMembers: Bool, includesRedundantMembers: Bool,
        containsURL: Bool?, countsThreads: Bool, relatedByRelationTypes: [String]? = nil, relatedBySenders: [String]? = nil,
        eventFields: [String]? = nil
    ) {
        self.events = events
        self.rooms = rooms
        self.notRooms = notRooms
        self.lazyLoadsMembers = lazyLoadsMembers
        self.includesRedundantMembers = includesRedundantMembers
        self.containsURL = containsURL
        self.countsThreads = countsThreads
        self.relatedByRelationTypes = relatedByRelationTypes
        self.relatedBySenders = relatedBySenders
        self.eventFields = eventFields
    }

    public init?(field: JSON) {
        guard let events = EventFilter(field: field) else { return nil }
        self.events = events
        do {
            rooms = try field.optional("rooms", as: [String].self).map { Set($0) }
            notRooms = Set(try field.optional("not_rooms", as: [String].self) ?? [])
            lazyLoadsMembers = try field.optional("lazy_load_members") ?? false
            includesRedundantMembers = try field.optional("include_redundant_members") ?? false
            containsURL = try field.optional("contains_url")
            countsThreads = try field.optional("unread_thread_notifications") ?? false
            relatedByRelationTypes = try field.optional("related_by_rel_types")
            relatedBySenders = try field.optional("related_by_senders")
            eventFields = try field.optional("event_fields")
        } catch {
            return nil
        }
        guard (relatedByRelationTypes ?? []).count + (relatedBySenders ?? []).count <= RoomEventFilter.largestRelatedCount else { return nil }
    }

    /// Kinds and senders that may be named for an event's children.
    private static let largestRelatedCount = 500

    /// The filter of a query parameter; 400 `M_INVALID_PARAM` where it is malformed.
    public init(text: String) throws(MatrixError) {
        guard let json = try? JSON.parse(text), let filter = RoomEventFilter(field: json) else {
            throw .invalidParam("The filter is malformed.")
        }
        self = filter
    }

    /// Whether every event of an admitted room passes.
    public var admitsAllEvents: Bool { events.admitsAll && containsURL == nil && !asksForChildren }
    /// Whether an event's children decide too, which `admits` does not know.
    public var asksForChildren: Bool { relatedByRelationTypes != nil || relatedBySenders != nil }

    public func admits(room: String) -> Bool {
        if notRooms.contains(room) { return false }
        guard let rooms else { return true }
        return rooms.contains(room)
    }

    /// Whether the event is wanted, its room and its children aside.
    public func admits(_ event: Event) -> Bool {
        if let containsURL, (event.content["url"]?.string != nil) != containsURL { return false }
        return events.admitsAll || events.admits(type: event.type, sender: event.sender.description)
    }
}

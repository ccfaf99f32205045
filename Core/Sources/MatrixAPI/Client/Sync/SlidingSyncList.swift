import MatrixModel

/// What a client wants to be told of a room (MSC4186, "Room config").
public struct SlidingRoomConfig: Sendable {
    /// How many events of the timeline at most.
    public let timelineLimit: Int
    public let requiredState: RequiredState
    /// Whether heroes are wanted where the unstable form says so; told anyway of a room without a name.
    public let includesHeroes: Bool

    public init(timelineLimit: Int, requiredState: RequiredState, includesHeroes: Bool = true) {
        self.timelineLimit = timelineLimit
        self.requiredState = requiredState
        self.includesHeroes = includesHeroes
    }

    init(_ json: JSON) throws(MatrixError) {
        guard json.isObject else { throw .badJSON("A list or a subscription must be an object.") }
        let limit: Int = try json.required("timeline_limit")
        guard limit >= 0 else { throw .invalidParam("'timeline_limit' is negative.") }
        timelineLimit = min(limit, SlidingLimits.largestTimeline)
        requiredState = try RequiredState(json["required_state"])
        includesHeroes = try json.optional("include_heroes") ?? true
    }
}

/// A window on the rooms of a person (MSC4186, "Lists").
public struct SlidingList: Sendable {
    public let config: SlidingRoomConfig
    /// The stretches of the filtered list, inclusive and from zero on; nil for all of it.
    public let ranges: [ClosedRange<Int>]?
    public let filters: SlidingFilters

    public init(config: SlidingRoomConfig, ranges: [ClosedRange<Int>]?, filters: SlidingFilters) {
        self.config = config
        self.ranges = ranges
        self.filters = filters
    }

    init(_ json: JSON) throws(MatrixError) {
        config = try SlidingRoomConfig(json)
        if let range = json["range"], !range.isNull {
            ranges = [try SlidingList.range(range)]
        } else if let list = json["ranges"], !list.isNull {
            guard list.isArray else { throw .badJSON("'ranges' must be an array.") }
            guard list.count <= SlidingLimits.ranges else { throw .invalidParam("More than \(SlidingLimits.ranges) ranges.") }
            var ranges: [ClosedRange<Int>] = []
            for range in list.elements { ranges.append(try SlidingList.range(range)) }
            self.ranges = ranges
        } else {
            ranges = nil
        }
        filters = try SlidingFilters(try json.object("filters"))
    }

    /// `[first, last]`.
    private static func range(_ json: JSON) throws(MatrixError) -> ClosedRange<Int> {
        guard json.isArray, json.count == 2, let first = json[0]?.integer, let last = json[1]?.integer else {
            throw .badJSON("A range must be a pair of integers.")
        }
        guard first >= 0, last >= first else { throw .invalidParam("A range must not begin below zero, or end before its beginning.") }
        return first...last
    }
}

/// Which rooms a list has (MSC4186, "SlidingRoomFilter"); a condition that is nil excludes nothing.
public struct SlidingFilters: Sendable, Equatable {
    public var isDirect: Bool?
    /// Rooms that one of these spaces names as its children.
    public var spaces: [String]?
    public var isEncrypted: Bool?
    public var isInvited: Bool?
    /// Types of rooms, nil for rooms without one.
    public var roomTypes: [String?]?
    public var notRoomTypes: [String?]
    /// Part of the room's name, in any case of letters.
    public var nameLike: String?
    public var tags: [String]?
    public var notTags: [String]

    /// Excludes nothing.
    public static let everything = SlidingFilters()

    private init() {
        notRoomTypes = []
        notTags = []
    }

    init(_ json: JSON?) throws(MatrixError) {
        self.init()
        guard let json else { return }
        isDirect = try json.optional("is_dm")
        spaces = try json.list("spaces")
        isEncrypted = try json.optional("is_encrypted")
        isInvited = try json.optional("is_invited")
        if isInvited == nil { isInvited = try json.optional("is_invite") }
        roomTypes = try json.list("room_types", of: RoomType.self)?.map(\.name)
        notRoomTypes = try json.list("not_room_types", of: RoomType.self)?.map(\.name) ?? []
        nameLike = try json.optional("room_name_like")
        tags = try json.list("tags")
        notTags = try json.list("not_tags") ?? []
    }

    /// A type of rooms, or null for none.
    private struct RoomType: FieldDecodable {
        let name: String?

        init?(field: JSON) {
            guard field.isNull || field.string != nil else { return nil }
            name = field.string
        }
    }
}

import HashTreeCollections
import MatrixAPI
import MatrixModel
import Storage

/// What one look tells a connection of sliding sync.
struct SlidingAnswer: Sendable {
    /// Everything was told up to here.
    let head: Position
    let typing: Int64
    var counts: [(name: String, count: Int)] = []
    var rooms: [(id: String, room: JSONFragment)] = []
    /// Extensions with their names.
    var extensions: [(name: String, content: JSONFragment)] = []
    /// Whether an extension has news, rather than a mere state of things.
    var hasExtensionNews = false
    /// Whether messages wait that the client says it has, and up to where.
    var acknowledged: Position?
    /// What the rooms were told before; nil where the client begins.
    let before: SentRooms?
    /// The largest number of a connection, where the client begins.
    var largestConnection: Int64 = 0
    /// What the rooms will have been told.
    var sent = SentState()
    /// The rooms of these of which that changed, by number.
    var changedRooms: [Int64] = []
    /// The demands of these that are new, by number.
    var newDemands: [Int] = []
    /// Whether the connection's use was noted lately.
    var isUseNoted = false

    init(head: Position, typing: Int64, before: SentRooms?) {
        self.head = head
        self.typing = typing
        self.before = before
    }

    /// Whether there is nothing to tell.
    var isEmpty: Bool { rooms.isEmpty && !hasExtensionNews }

    /// The body of the answer.
    func fragment(_ token: SlidingToken, transaction: String?) -> JSONFragment {
        var members: [(String, JSONFragment)] = [("pos", .string(token.description))]
        if let transaction { members.append(("txn_id", .string(transaction))) }
        members.append(("lists", .object(counts.map { ($0.name, .object([("count", .integer($0.count))])) })))
        members.append(("rooms", .object(rooms.map { ($0.id, $0.room) })))
        members.append(("extensions", .object(extensions.map { ($0.name, $0.content) })))
        return .object(members)
    }
}

/// What is told of one room; the names of some members differ between the two forms of the answer.
struct SlidingRoomNews {
    var isInitial = false
    var isExpanded = false
    var name: JSONValue?
    var avatar: JSONValue?
    var heroes: JSONValue?
    var isDirect: Bool?
    var membership: Membership?
    var requiredState: [JSONFragment] = []
    /// The same as complete text, where it is at hand.
    var requiredStateText: [UInt8]?
    /// The timeline's events, where it begins, and how many of them are new.
    var timeline: [JSONFragment] = []
    var previousBatch: String?
    var isLimited = false
    var liveCount: Int?
    var bumpStamp: Position?
    var joinedCount: Int?
    var invitedCount: Int?
    var unread: UnreadCount?
    var strippedState: [JSONFragment]?

    /// Whether nothing is told.
    var isEmpty: Bool {
        !isInitial && !isExpanded && name == nil && avatar == nil && heroes == nil && isDirect == nil && membership == nil
            && requiredState.isEmpty && timeline.isEmpty && !isLimited && bumpStamp == nil && joinedCount == nil && invitedCount == nil
            && unread == nil && strippedState == nil
    }

    func fragment(lists: [String], isStable: Bool) -> JSONFragment {
        var members: [(String, JSONFragment)] = []
        if isInitial { members.append(("initial", .bool(true))) }
        if isExpanded { members.append((isStable ? "expanded_timeline" : "unstable_expanded_timeline", .bool(true))) }
        if let bumpStamp { members.append(("bump_stamp", .integer(Int(bumpStamp)))) }
        if let membership { members.append(("membership", .string(membership.rawValue))) }
        if !lists.isEmpty { members.append(("lists", .array(lists.map(JSONFragment.string)))) }
        if let name { members.append(("name", .value(name))) }
        if let avatar { members.append(("avatar", .value(avatar))) }
        if let heroes { members.append(("heroes", .value(heroes))) }
        if let isDirect { members.append(("is_dm", .bool(isDirect))) }
        if let joinedCount { members.append(("joined_count", .integer(joinedCount))) }
        if let invitedCount { members.append(("invited_count", .integer(invitedCount))) }
        if let unread {
            members.append(("notification_count", .integer(unread.notifications)))
            members.append(("highlight_count", .integer(unread.highlights)))
        }
        if let strippedState { members.append((isStable ? "stripped_state" : "invite_state", .array(strippedState))) }
        if let requiredStateText { members.append(("required_state", .encoded(requiredStateText))) }
        if !requiredState.isEmpty { members.append(("required_state", .array(requiredState))) }
        if let previousBatch {
            members.append(("timeline", .array(timeline)))
            members.append(("prev_batch", .string(previousBatch)))
            members.append(("limited", .bool(isLimited)))
            members.append(("num_live", .integer(liveCount ?? 0)))
        }
        return .object(members)
    }
}

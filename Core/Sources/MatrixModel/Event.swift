/// A persistent data unit with its identifier: one node of a room's event graph, immutable.
///
/// Made only by RoomGraph (`PDU.parse`, `EventDraft.signed`), by Storage from bytes that RoomGraph once checked, and by tests.
public final class Event: Sendable {
    public let id: EventID
    public let roomID: RoomID
    public let type: String
    /// Present on state events.
    public let stateKey: String?
    public let sender: UserID
    /// Milliseconds since the epoch, as the sender's server claims.
    public let originServerTS: Int
    public let depth: Int
    public let prevEvents: [EventID]
    public let authEvents: [EventID]
    /// The event that a redaction names, whether at the top level or in the content (`rules.redactsInContent`).
    public let redacts: EventID?
    /// The whole PDU with `hashes`, `signatures` and what the origin's server put in `unsigned`; a view over canonical bytes.
    public let json: JSON
    /// The `content` object.
    public let content: JSON
    public let rules: RoomVersionRules

    public init(
        id: EventID, roomID: RoomID, type: String, stateKey: String?, sender: UserID, originServerTS: Int, depth: Int, prevEvents: [EventID],
        authEvents: [EventID], redacts: EventID?, json: JSON, content: JSON, rules: RoomVersionRules
    ) {
        self.id = id
        self.roomID = roomID
        self.type = type
        self.stateKey = stateKey
        self.sender = sender
        self.originServerTS = originServerTS
        self.depth = depth
        self.prevEvents = prevEvents
        self.authEvents = authEvents
        self.redacts = redacts
        self.json = json
        self.content = content
        self.rules = rules
    }

    /// The state slot, or nil for a message event.
    public var slot: StateKey? { stateKey.map { StateKey(type, $0) } }
    /// `content.membership`, for `m.room.member`.
    public var membership: Membership? { content["membership"]?.string.flatMap(Membership.init) }
    /// The server of the sender.
    public var origin: ServerName { sender.server }
}

extension Event: Equatable, Hashable {
    public static func == (left: Event, right: Event) -> Bool { left.id == right.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// A user's relation to a room.
public enum Membership: String, Sendable, CaseIterable {
    case join, invite, leave, ban, knock
}

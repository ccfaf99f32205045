/// The pair that names one slot of a room's state: event type and state key.
public struct StateKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The event type, such as `m.room.member`.
    public let type: String
    /// The state key; the empty string where an event type has one slot.
    public let key: String

    public init(_ type: String, _ key: String = "") {
        self.type = type
        self.key = key
    }

    public static let create = StateKey("m.room.create")
    public static let powerLevels = StateKey("m.room.power_levels")
    public static let joinRules = StateKey("m.room.join_rules")
    public static let historyVisibility = StateKey("m.room.history_visibility")
    public static let serverACL = StateKey("m.room.server_acl")
    public static let canonicalAlias = StateKey("m.room.canonical_alias")
    public static let name = StateKey("m.room.name")
    public static let topic = StateKey("m.room.topic")
    public static let avatar = StateKey("m.room.avatar")
    public static let encryption = StateKey("m.room.encryption")
    public static let guestAccess = StateKey("m.room.guest_access")
    public static let tombstone = StateKey("m.room.tombstone")
    /// The membership slot of one user.
    public static func member(_ user: UserID) -> StateKey { StateKey("m.room.member", user.description) }

    // By bytes: state keys that differ in Unicode normal form alone name different slots.
    public static func == (left: StateKey, right: StateKey) -> Bool {
        UTF8Order.equal(left.key, right.key) && UTF8Order.equal(left.type, right.type)
    }
    public static func < (left: StateKey, right: StateKey) -> Bool {
        let order = UTF8Order.compare(left.type, right.type)
        return order == 0 ? UTF8Order.precedes(left.key, right.key) : order < 0
    }
    public func hash(into hasher: inout Hasher) {
        UTF8Order.hash(type, into: &hasher)
        UTF8Order.hash(key, into: &hasher)
    }
    public var description: String { "(\(type), \(key))" }
}

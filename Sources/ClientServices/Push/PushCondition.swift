import MatrixModel

/// One condition of a push rule, read and ready (client-server API, "Conditions").
enum PushCondition: Sendable {
    case matches(PropertyPath, TextPattern)
    /// Words of `content.body`.
    case hasWords(TextPattern)
    case isValue(PropertyPath, PushValue)
    case contains(PropertyPath, PushValue)
    /// The owner is among the users whom the event mentions.
    case mentionsOwner
    case containsDisplayName
    case memberCount(PushComparison, Int)
    /// The sender has the power for notifications of that kind.
    case senderMayNotify(String)
    case isRoom(RoomID)
    case isSender(UserID)
    /// "Unrecognised conditions MUST NOT match any events".
    case never

    /// The condition as rules have it.
    init(_ condition: JSONValue, owner: UserID) {
        switch condition["kind"]?.string {
        case "event_match": self = PushCondition.match(condition)
        case "event_property_is":
            guard let path = condition["key"]?.string, let value = condition["value"].flatMap({ PushValue($0) }) else {
                self = .never
                return
            }
            self = .isValue(PropertyPath(path), value)
        case "event_property_contains":
            guard let key = condition["key"]?.string, let value = condition["value"].flatMap({ PushValue($0) }) else {
                self = .never
                return
            }
            let path = PropertyPath(key)
            self = path.isMentions && value == .text(Array(owner.description.utf8)) ? .mentionsOwner : .contains(path, value)
        case "contains_display_name": self = .containsDisplayName
        case "room_member_count":
            guard let text = condition["is"]?.string, let (comparison, count) = PushComparison.parse(text) else {
                self = .never
                return
            }
            self = .memberCount(comparison, count)
        case "sender_notification_permission": self = condition["key"]?.string.map { .senderMayNotify($0) } ?? .never
        default: self = .never
        }
    }

    private static func match(_ condition: JSONValue) -> PushCondition {
        guard let key = condition["key"]?.string, let pattern = condition["pattern"]?.string else { return .never }
        let path = PropertyPath(key)
        return path.isBody ? .hasWords(TextPattern(pattern)) : .matches(path, TextPattern(pattern))
    }

    /// How dear it is to look at, so that the cheap ones come first; all must hold anyway.
    var cost: Int {
        switch self {
        case .never: 0
        case .isRoom, .isSender: 1
        case .matches(let path, _): path.names.count
        case .mentionsOwner: 3
        case .isValue(let path, _), .contains(let path, _): path.names.count + 1
        case .hasWords: 10
        case .memberCount: 20
        case .senderMayNotify: 21
        case .containsDisplayName: 22
        }
    }
}

/// "strings, integers in the range of `[-(2**53)+1, (2**53)-1]`, booleans, and `null`".
enum PushValue: Hashable, Sendable {
    /// By its bytes.
    case text([UInt8])
    case integer(Int)
    case bool(Bool)
    case null

    /// Nil for compound values and fractions, which nothing matches.
    init?(_ value: JSONValue) {
        switch value {
        case .string(let text): self = .text(Array(text.utf8))
        case .integer(let number): self = .integer(number)
        case .bool(let truth): self = .bool(truth)
        case .null: self = .null
        case .float, .array, .object: return nil
        }
    }

    /// Whether a value of an event is this one, without casting.
    func equals(_ json: JSON) -> Bool {
        switch self {
        case .text(let bytes): json.string.map { $0.utf8.elementsEqual(bytes) } ?? false
        case .integer(let number): json.integer == number
        case .bool(let truth): json.bool == truth
        case .null: json.isNull
        }
    }

    /// Whether a text of an event is this one.
    func equals(_ other: String) -> Bool {
        if case .text(let bytes) = self { other.utf8.elementsEqual(bytes) } else { false }
    }
}

/// "A decimal integer optionally prefixed by one of, `==`, `<`, `>`, `>=` or `<=`."
enum PushComparison: Sendable {
    case equal, less, greater, atMost, atLeast

    static func parse(_ text: String) -> (PushComparison, Int)? {
        let operators: [(String, PushComparison)] = [("==", .equal), ("<=", .atMost), (">=", .atLeast), ("<", .less), (">", .greater)]
        let found = operators.first { text.hasPrefix($0.0) }
        let digits = text.dropFirst(found?.0.count ?? 0)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let count = Int(digits) else { return nil }
        return (found?.1 ?? .equal, count)
    }

    func holds(_ left: Int, _ right: Int) -> Bool {
        switch self {
        case .equal: left == right
        case .less: left < right
        case .greater: left > right
        case .atMost: left <= right
        case .atLeast: left >= right
        }
    }
}

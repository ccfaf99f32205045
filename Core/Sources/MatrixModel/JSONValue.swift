/// A JSON value as a tree, for building; parsed input stays in `JSON`, a view over its bytes.
public indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// An integer; canonical JSON allows −(2^53)+1…2^53−1 (appendices, "Canonical JSON").
    case integer(Int)
    /// A number with a fraction or exponent, as its source text; canonical JSON forbids it.
    case float(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// The string, or nil where the value is of another kind.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The integer, or nil where the value is of another kind.
    public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    /// The boolean, or nil where the value is of another kind.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The elements, or nil where the value is of another kind.
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The members, or nil where the value is of another kind.
    public var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }

    /// The member of that name; setting nil removes it, setting on another kind makes an object of it.
    public subscript(key: String) -> JSONValue? {
        get { object?[key] }
        set {
            var members = object ?? [:]
            members[key] = newValue
            self = .object(members)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
    public init(nilLiteral: ()) { self = .null }
}

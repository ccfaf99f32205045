/// One value in a parsed, immutable, shared text: cheap to copy, read in place.
///
/// Member look-up walks the object; whoever needs most members of a large object iterates `members`. A value keeps the bytes of its whole
/// text alive; `canonicalized()` gives one that stands alone.
public struct JSON: Sendable {
    /// The kind of a value.
    public enum Kind: UInt8, Sendable {
        case null, bool
        /// An integer within ±(2^53 − 1).
        case integer
        /// A number with a fraction or an exponent, or an integer beyond ±(2^53 − 1).
        case float
        case string, array, object
    }

    let document: JSONDocument
    let index: Int

    init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    /// The value that is the whole of the bytes.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) -> JSON {
        JSON(document: try JSONParser.parse(bytes, limits: limits), index: 0)
    }

    /// The value that is the whole of the text.
    public static func parse(_ text: String, limits: JSONLimits = .standard) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), limits: limits)
    }

    /// The value as it is written canonically; floats keep their text.
    public init(_ value: JSONValue) {
        self.init(document: JSONParser.trusted(value.bytes()), index: 0)
    }

    var node: JSONNode { document.node(at: index) }

    public var kind: Kind {
        // Only `Kind`s are put on a tape.
        Kind(rawValue: node.tag) ?? .null
    }
    public var isNull: Bool { node.is(.null) }
    public var isObject: Bool { node.is(.object) }
    public var isArray: Bool { node.is(.array) }

    /// The string, or nil where the value is of another kind.
    public var string: String? {
        let node = node
        return node.is(.string) ? JSONText.string(of: node, in: document.bytes) : nil
    }

    /// The integer within ±(2^53 − 1), or nil where the value is anything else.
    public var integer: Int? {
        let node = node
        return node.is(.integer) ? JSONNumber.integer(document.bytes, node.range) : nil
    }

    /// The boolean, or nil where the value is of another kind.
    public var bool: Bool? {
        let node = node
        return node.is(.bool) ? document.bytes[node.offset] == UInt8(ascii: "t") : nil
    }

    /// The source text of a number of either kind, such as `50.57` or `1e3`.
    public var numberText: String? {
        let node = node
        return node.is(.integer) || node.is(.float) ? String(decoding: document.bytes[node.range], as: UTF8.self) : nil
    }

    /// The integer that a number of either kind names without fraction or exponent, if it fits 64 bits: rooms before version 6 have such.
    public var wideInteger: Int? {
        let node = node
        guard node.is(.integer) || node.is(.float) && node.flags.contains(.wideInteger) else { return nil }
        return JSONNumber.integer(document.bytes, node.range)
    }

    /// The member of that name; nil where it is absent or the value is no object.
    public subscript(_ key: String) -> JSON? {
        guard node.is(.object), let place = document.value(of: key, inObjectAt: index) else { return nil }
        return JSON(document: document, index: place)
    }

    /// The element at that position; nil where it is absent or the value is no array.
    public subscript(_ position: Int) -> JSON? {
        guard node.is(.array), position >= 0, position < document.count(at: index) else { return nil }
        var place = index + 2
        for _ in 0..<position { place = document.next(after: place) }
        return JSON(document: document, index: place)
    }

    /// The number of members or elements; zero for scalars.
    public var count: Int { node.isContainer ? document.count(at: index) : 0 }
    /// An array's elements; empty for other kinds.
    public var elements: JSONElements { JSONElements(self) }
    /// An object's members in source order; empty for other kinds.
    public var members: JSONMembers { JSONMembers(self) }
    /// The source bytes of this value.
    public var rawBytes: ArraySlice<UInt8> { document.bytes[node.range] }

    /// Whether the value is that string; compares bytes.
    public func equals(_ text: StaticString) -> Bool {
        let node = node
        guard node.is(.string), text.hasPointerRepresentation else { return false }
        return text.withUTF8Buffer { JSONText.text(of: node, in: document.bytes, equals: $0) }
    }

    /// Whether the value is that string; compares bytes.
    public func equals(_ text: String) -> Bool {
        let node = node
        var text = text
        return node.is(.string) && text.withUTF8 { JSONText.text(of: node, in: document.bytes, equals: $0) }
    }

    /// Whether every number in the value is one that canonical JSON allows: no fraction, exponent, `-0`, or integer beyond ±(2^53 − 1).
    public var hasOnlyCanonicalNumbers: Bool { node.flags.contains(.plainNumbers) }

    /// The value as a tree. Keys that Swift holds equal (Unicode canonical equivalence) become one: read hashes and signatures from `JSON`.
    public var value: JSONValue {
        switch kind {
        case .null: .null
        case .bool: .bool(bool == true)
        case .integer: .integer(integer ?? 0)
        case .float: .float(numberText ?? "0")
        case .string: .string(string ?? "")
        case .array: .array(elements.map(\.value))
        case .object: .object(Dictionary(members.map { ($0.key, $0.value.value) }, uniquingKeysWith: { _, last in last }))
        }
    }
}

extension JSON: Equatable {
    /// Whether both have the same canonical form, floats compared by their text.
    public static func == (left: JSON, right: JSON) -> Bool {
        left.document === right.document && left.index == right.index || left.lenientBytes() == right.lenientBytes()
    }
}

public import MatrixModel

/// A type that is read from a member of a JSON body.
public protocol FieldDecodable: Sendable {
    /// Nil where the value is of another kind or grammar.
    init?(field: JSON)
}

extension JSON {
    /// The member; 400 `M_MISSING_PARAM` where absent, `M_BAD_JSON` where of the wrong kind.
    public func required<Value: FieldDecodable>(_ key: String, as type: Value.Type = Value.self) throws(MatrixError) -> Value {
        guard let value = try optional(key, as: type) else { throw .missingParam(key) }
        return value
    }

    /// The member, nil where absent or null; 400 `M_BAD_JSON` where of the wrong kind.
    public func optional<Value: FieldDecodable>(_ key: String, as type: Value.Type = Value.self) throws(MatrixError) -> Value? {
        guard let field = self[key], !field.isNull else { return nil }
        guard let value = Value(field: field) else { throw .badJSON("'\(key)' is malformed.") }
        return value
    }
}

extension String: FieldDecodable {
    public init?(field: JSON) {
        guard let string = field.string else { return nil }
        self = string
    }
}
extension Int: FieldDecodable {
    public init?(field: JSON) {
        guard let integer = field.integer else { return nil }
        self = integer
    }
}
extension Bool: FieldDecodable {
    public init?(field: JSON) {
        guard let bool = field.bool else { return nil }
        self = bool
    }
}
extension JSON: FieldDecodable { public init?(field: JSON) { self = field } }
extension JSONValue: FieldDecodable { public init?(field: JSON) { self = field.value } }
extension UserID: FieldDecodable {
    public init?(field: JSON) {
        guard let text = field.string else { return nil }
        self.init(text)
    }
}
extension RoomID: FieldDecodable {
    public init?(field: JSON) {
        guard let text = field.string else { return nil }
        self.init(text)
    }
}
extension RoomAlias: FieldDecodable {
    public init?(field: JSON) {
        guard let text = field.string else { return nil }
        self.init(text)
    }
}
extension EventID: FieldDecodable {
    public init?(field: JSON) {
        guard let text = field.string else { return nil }
        self.init(text)
    }
}
extension ServerName: FieldDecodable {
    public init?(field: JSON) {
        guard let text = field.string else { return nil }
        self.init(text)
    }
}
extension Array: FieldDecodable where Element: FieldDecodable {
    public init?(field: JSON) {
        guard field.isArray else { return nil }
        var values: [Element] = []
        for element in field.elements {
            guard let value = Element(field: element) else { return nil }
            values.append(value)
        }
        self = values
    }
}
extension Dictionary: FieldDecodable where Key == String, Value: FieldDecodable {
    public init?(field: JSON) {
        guard field.isObject else { return nil }
        var values: [String: Value] = [:]
        for (key, member) in field.members {
            guard let value = Value(field: member) else { return nil }
            values[key] = value
        }
        self = values
    }
}

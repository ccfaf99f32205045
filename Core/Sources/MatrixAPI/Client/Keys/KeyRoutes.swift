import MatrixModel

extension Route {
    /// Largest request of one that carries keys or messages for many devices, in bytes.
    static let maximumKeyRequestBytes = 8 << 20

    /// A route of the encryption modules: `v3`, and the names before it; `further` are whole paths.
    static func keys(
        _ method: Method, _ path: String, further: [String] = [], limit: RateLimitClass = .keys, allowsGuests: Bool = false,
        maximumBodyBytes: Int = Route.maximumKeyRequestBytes
    ) -> Route {
        Route(
            method, "/_matrix/client/v3" + path, aliases: ["/_matrix/client/r0" + path, "/_matrix/client/unstable" + path] + further, limit: limit,
            allowsGuests: allowsGuests, maximumBodyBytes: maximumBodyBytes)
    }
}

extension JSON {
    /// The members of an object whose values are of one type, in the order of their names; 400 `M_BAD_JSON` where the value is none.
    func table<Value: FieldDecodable>(_ name: String, of type: Value.Type = Value.self) throws(MatrixError) -> [(key: String, value: Value)] {
        guard isObject else { throw .badJSON("'\(name)' must be an object.") }
        var entries: [(key: String, value: Value)] = []
        for (key, field) in members {
            guard let value = Value(field: field) else { throw .badJSON("'\(key)' in '\(name)' is malformed.") }
            entries.append((key, value))
        }
        return entries.sorted { $0.key < $1.key }
    }
}

import MatrixModel

/// The parts of events that a filter's `event_fields` asks for (appendices, "Dot-separated property paths").
struct EventFields: Sendable {
    private let paths: [[String]]

    init(_ fields: [String]) { paths = fields.map(PropertyPath.split) }

    /// The event with those members alone.
    func select(from event: JSONValue) -> JSONValue {
        var selected: JSONValue = [:]
        for path in paths { EventFields.copy(path[...], from: event, to: &selected) }
        return selected
    }

    private static func copy(_ path: ArraySlice<String>, from source: JSONValue, to target: inout JSONValue) {
        guard let name = path.first, let value = source[name] else { return }
        let rest = path.dropFirst()
        if rest.isEmpty {
            target[name] = value
        } else if value.object != nil {
            var part = target[name] ?? [:]
            copy(rest, from: value, to: &part)
            if part != [:] { target[name] = part }
        }
    }
}

import MatrixModel

/// The parts of events that a filter's `event_fields` asks for (appendices, "Dot-separated property paths").
struct EventFields: Sendable {
    private let paths: [[String]]

    init(_ fields: [String]) { paths = fields.map(EventFields.split) }

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

    /// Dots separate names; a backslash takes the next dot or backslash for itself.
    private static func split(_ field: String) -> [String] {
        var names = [""]
        var isEscaped = false
        for character in field {
            if isEscaped {
                if character != ".", character != "\\" { names[names.count - 1].append("\\") }
                names[names.count - 1].append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "." {
                names.append("")
            } else {
                names[names.count - 1].append(character)
            }
        }
        if isEscaped { names[names.count - 1].append("\\") }
        return names
    }
}

import MatrixModel

/// The form of a filter (client-server API, "Filtering"): members that are known must be of their kind; others are kept as they are.
enum FilterValidation {
    /// Throws 400 `M_BAD_JSON` where a member is malformed.
    static func check(_ filter: JSON) throws(MatrixError) {
        try strings("event_fields", of: filter)
        if let format = try text("event_format", of: filter), format != "client", format != "federation" {
            throw .badJSON("'event_format' must be 'client' or 'federation'.")
        }
        for name in ["presence", "account_data"] { try section(name, of: filter) }
        guard let room = filter["room"], !room.isNull else { return }
        guard room.isObject else { throw .badJSON("'room' must be an object.") }
        try rooms(of: room)
        try flag("include_leave", of: room)
        for name in ["ephemeral", "state", "timeline", "account_data"] { try section(name, of: room) }
    }

    private static func section(_ name: String, of parent: JSON) throws(MatrixError) {
        guard let section = parent[name], !section.isNull else { return }
        guard section.isObject else { throw .badJSON("'\(name)' must be an object.") }
        if let limit = section["limit"], !limit.isNull {
            // "must be an integer greater than 0"; clients in use send 0 for "nothing", which is answered with nothing.
            guard let number = limit.integer, number >= 0 else { throw .badJSON("'limit' must be a positive integer.") }
        }
        for member in ["types", "not_types"] { try strings(member, of: section) }
        for member in ["senders", "not_senders"] {
            try strings(member, of: section) { UserID($0) != nil }
        }
        try rooms(of: section)
        for member in ["lazy_load_members", "include_redundant_members", "unread_thread_notifications", "contains_url"] {
            try flag(member, of: section)
        }
    }

    private static func rooms(of parent: JSON) throws(MatrixError) {
        for member in ["rooms", "not_rooms"] {
            try strings(member, of: parent) { RoomID($0) != nil }
        }
    }

    private static func strings(_ name: String, of parent: JSON, isValid: (String) -> Bool = { _ in true }) throws(MatrixError) {
        guard let member = parent[name], !member.isNull else { return }
        guard member.isArray else { throw .badJSON("'\(name)' must be an array.") }
        for element in member.elements {
            guard let string = element.string, isValid(string) else { throw .badJSON("'\(name)' holds a malformed value.") }
        }
    }

    private static func text(_ name: String, of parent: JSON) throws(MatrixError) -> String? {
        guard let member = parent[name], !member.isNull else { return nil }
        guard let string = member.string else { throw .badJSON("'\(name)' must be a string.") }
        return string
    }

    private static func flag(_ name: String, of parent: JSON) throws(MatrixError) {
        guard let member = parent[name], !member.isNull else { return }
        guard member.bool != nil else { throw .badJSON("'\(name)' must be a boolean.") }
    }
}

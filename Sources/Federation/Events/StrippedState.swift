import MatrixModel

/// Stripped state as other servers send it with invites and knocks: events, of which four members matter.
enum StrippedState {
    /// Most events that are kept.
    static let maximumEvents = 50

    /// What can be shown to a client; entries that are not state events are left out.
    static func read(_ json: JSON?) -> [JSONValue] {
        guard let json, json.isArray else { return [] }
        return json.elements.prefix(maximumEvents).compactMap { strip($0) }
    }

    /// `type`, `state_key`, `sender` and `content` of one event.
    static func strip(_ event: JSON) -> JSONValue? {
        guard let type = event["type"]?.string, let stateKey = event["state_key"]?.string, let sender = event["sender"]?.string,
            UserID(sender) != nil, let content = event["content"], content.isObject
        else { return nil }
        return ["type": .string(type), "state_key": .string(stateKey), "sender": .string(sender), "content": content.value]
    }
}

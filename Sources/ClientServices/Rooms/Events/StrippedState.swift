import MatrixModel

/// A simplified view of a room's state for those who might join (client-server API, "Stripped state").
enum StrippedState {
    /// The slots that are shown, besides the user's own membership.
    static let slots: [StateKey] = [.create, .name, .avatar, .topic, .joinRules, .canonicalAlias, .encryption]

    /// "Stripped state events can only have the sender, type, state_key and content properties present."
    static func strip(_ event: Event) -> JSONValue {
        [
            "type": .string(event.type), "state_key": .string(event.stateKey ?? ""), "sender": .string(event.sender.description),
            "content": event.content.value,
        ]
    }

    /// What another server sent, cut down to the schema: "Servers are expected to prune the events into the stripped state schema".
    static func prune(_ value: JSON) -> JSONValue? {
        guard let type = value["type"]?.string, let key = value["state_key"]?.string, let sender = value["sender"]?.string,
            let content = value["content"], content.isObject
        else { return nil }
        return ["type": .string(type), "state_key": .string(key), "sender": .string(sender), "content": content.value]
    }
}

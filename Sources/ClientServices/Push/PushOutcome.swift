import MatrixModel

/// What the rule that matched an event wants done.
final class PushOutcome: Sendable {
    let ruleID: String
    /// As the rule has them, without the historical ones.
    let actions: [JSONValue]
    /// Whether the event makes a notification.
    let notifies: Bool
    /// Whether the notification is to stand out.
    let highlights: Bool

    init(ruleID: String, actions: [JSONValue]) {
        self.ruleID = ruleID
        // "Clients and homeservers MUST ignore these actions".
        self.actions = actions.filter { $0 != "dont_notify" && $0 != "coalesce" }
        notifies = actions.contains("notify")
        highlights = actions.contains { action in
            // "If a `highlight` tweak is given with no value, its value is defined to be `true`."
            action["set_tweak"] == "highlight" && (action["value"]?.bool ?? true)
        }
    }

    /// The tweaks as push gateways are told them.
    var tweaks: [String: JSONValue] {
        var tweaks: [String: JSONValue] = [:]
        for action in actions {
            guard let name = action["set_tweak"]?.string else { continue }
            tweaks[name] = action["value"] ?? (name == "highlight" ? true : .null)
        }
        return tweaks
    }
}

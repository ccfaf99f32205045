public import MatrixModel

/// Which state authorises an event (server-server API, "Auth events selection").
public enum AuthEvents {
    /// The slots whose events, where there are any, are an event's `auth_events`; each once.
    public static func keys(
        for type: String, sender: UserID, stateKey: String?, content: JSON, rules: RoomVersionRules
    ) -> [StateKey] {
        if type == "m.room.create" { return [] }
        var keys: [StateKey] = rules.createEventInAuthEvents ? [.create, .powerLevels] : [.powerLevels]
        keys.append(.member(sender))
        guard type == "m.room.member", let stateKey else { return keys }
        add(StateKey("m.room.member", stateKey), to: &keys)
        guard let membership = content["membership"]?.string.flatMap({ Membership(rawValue: $0) }) else { return keys }
        switch membership {
        case .join:
            keys.append(.joinRules)
            if rules.allowsRestrictedJoins, let user = content["join_authorised_via_users_server"]?.string {
                add(StateKey("m.room.member", user), to: &keys)
            }
        case .invite:
            keys.append(.joinRules)
            if let token = content["third_party_invite"]?["signed"]?["token"]?.string {
                keys.append(StateKey("m.room.third_party_invite", token))
            }
        case .knock:
            keys.append(.joinRules)
        case .leave, .ban:
            break
        }
        return keys
    }

    /// The same of an event that exists.
    public static func keys(for event: Event) -> [StateKey] {
        keys(for: event.type, sender: event.sender, stateKey: event.stateKey, content: event.content, rules: event.rules)
    }

    /// The same of an event about to be sent.
    public static func keys(for draft: EventDraft, rules: RoomVersionRules) -> [StateKey] {
        keys(for: draft.type, sender: draft.sender, stateKey: draft.stateKey, content: draft.content, rules: rules)
    }

    private static func add(_ key: StateKey, to keys: inout [StateKey]) {
        if !keys.contains(key) { keys.append(key) }
    }
}

import MatrixAPI
import MatrixModel

/// The server-default push rules of the specification (client-server API, "Predefined Rules"), by kind and in order.
enum DefaultPushRules {
    static let masterRuleID = ".m.rule.master"

    /// The default rules of one kind for one user.
    static func rules(_ kind: PushRuleKind, for user: UserID) -> [JSONValue] {
        switch kind {
        case .override: overrides(for: user)
        case .underride: underrides
        case .content, .room, .sender: []
        }
    }

    private static func overrides(for user: UserID) -> [JSONValue] {
        let mentionsUser: JSONValue = [
            "kind": "event_property_contains", "key": "content.m\\.mentions.user_ids", "value": .string(user.description),
        ]
        return [
            rule(masterRuleID, isEnabled: false, when: [], then: []),
            rule(".m.rule.suppress_notices", when: [match("content.msgtype", "m.notice")], then: []),
            rule(
                ".m.rule.invite_for_me",
                when: [match("type", "m.room.member"), match("content.membership", "invite"), match("state_key", user.description)],
                then: [notify, sound("default")]),
            rule(".m.rule.member_event", when: [match("type", "m.room.member")], then: []),
            // Invitations to calls (MSC4075), each before the rule for mentions of its kind.
            rule(
                ".org.matrix.msc4075.rule.rtc.invite_for_me", when: [match("type", callInvite), mentionsUser], then: [notify, sound("ring")]),
            rule(".m.rule.is_user_mention", when: [mentionsUser], then: [notify, sound("default"), highlight]),
            rule(
                ".org.matrix.msc4075.rule.rtc.invite_for_room", when: [match("type", callInvite)] + mentionsRoom,
                then: [notify, sound("ring")]),
            rule(".m.rule.is_room_mention", when: mentionsRoom, then: [notify, highlight]),
            rule(".m.rule.tombstone", when: [match("type", "m.room.tombstone"), match("state_key", "")], then: [notify, highlight]),
            rule(".m.rule.reaction", when: [match("type", "m.reaction")], then: []),
            rule(".m.rule.room.server_acl", when: [match("type", "m.room.server_acl"), match("state_key", "")], then: []),
            // Polls (MSC3930); here "inserted immediately after the `.m.rule.room.server_acl` override rule".
            rule(".org.matrix.msc3930.rule.poll_response", when: [isValue("type", "org.matrix.msc3381.poll.response")], then: []),
            rule(".m.rule.suppress_edits", when: [isValue("content.m\\.relates_to.rel_type", "m.replace")], then: []),
        ]
    }

    private static let underrides: [JSONValue] = [
        rule(".m.rule.call", when: [match("type", "m.call.invite")], then: [notify, sound("ring")]),
        rule(
            ".m.rule.encrypted_room_one_to_one", when: [twoMembers, match("type", "m.room.encrypted")],
            then: [notify, sound("default")]),
        rule(".m.rule.room_one_to_one", when: [twoMembers, match("type", "m.room.message")], then: [notify, sound("default")]),
        rule(".m.rule.message", when: [match("type", "m.room.message")], then: [notify]),
        rule(".m.rule.encrypted", when: [match("type", "m.room.encrypted")], then: [notify]),
        rule(
            ".org.matrix.msc3930.rule.poll_start_one_to_one", when: [twoMembers, isValue("type", "org.matrix.msc3381.poll.start")],
            then: [notify, sound("default")]),
        rule(".org.matrix.msc3930.rule.poll_start", when: [isValue("type", "org.matrix.msc3381.poll.start")], then: [notify]),
        rule(
            ".org.matrix.msc3930.rule.poll_end_one_to_one", when: [twoMembers, isValue("type", "org.matrix.msc3381.poll.end")],
            then: [notify, sound("default")]),
        rule(".org.matrix.msc3930.rule.poll_end", when: [isValue("type", "org.matrix.msc3381.poll.end")], then: [notify]),
    ]

    private static let callInvite = "org.matrix.msc4075.rtc.invite"
    private static let mentionsRoom: [JSONValue] = [
        ["kind": "event_property_is", "key": "content.m\\.mentions.room", "value": true],
        ["kind": "sender_notification_permission", "key": "room"],
    ]
    private static let notify: JSONValue = "notify"
    private static let highlight: JSONValue = ["set_tweak": "highlight"]
    private static let twoMembers: JSONValue = ["kind": "room_member_count", "is": "2"]

    private static func sound(_ name: String) -> JSONValue { ["set_tweak": "sound", "value": .string(name)] }

    private static func match(_ key: String, _ pattern: String) -> JSONValue {
        ["kind": "event_match", "key": .string(key), "pattern": .string(pattern)]
    }

    private static func isValue(_ key: String, _ value: String) -> JSONValue {
        ["kind": "event_property_is", "key": .string(key), "value": .string(value)]
    }

    private static func rule(_ id: String, isEnabled: Bool = true, when conditions: [JSONValue], then actions: [JSONValue]) -> JSONValue {
        [
            "rule_id": .string(id), "default": true, "enabled": .bool(isEnabled), "conditions": .array(conditions),
            "actions": .array(actions),
        ]
    }
}

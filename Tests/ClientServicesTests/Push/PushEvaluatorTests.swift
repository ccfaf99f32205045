import MatrixAPI
import MatrixModel
import RoomGraph
import Testing

@testable import ClientServices

@Suite struct PushEvaluatorTests {
    private let alice = RoomWorld.user("alice")
    private let bob = RoomWorld.user("bob")

    private func event(_ type: String, _ content: JSONValue, stateKey: String? = nil, sender: String = "bob") throws -> Event {
        try TestEvent.make(type, content, stateKey: stateKey, sender: RoomWorld.user(sender))
    }

    private func message(_ body: String, _ extra: JSONValue = [:], sender: String = "bob") throws -> Event {
        var content = extra
        content["body"] = .string(body)
        if content["msgtype"] == nil { content["msgtype"] = "m.text" }
        return try event("m.room.message", content, sender: sender)
    }

    /// The rule that matches, with alice's defaults and rules of her own.
    private func outcome(
        _ event: Event, _ own: [PushRuleKind: [JSONValue]] = [:], context: PushContext = PushContext(memberCount: 5)
    ) -> PushOutcome? {
        PushEvaluator(ruleset(own), owner: alice).outcome(of: event) { _ in context }
    }

    private func ruleset(_ own: [PushRuleKind: [JSONValue]]) -> PushRuleset {
        let global = own.reduce(into: JSONValue.object([:])) { $0[$1.key.rawValue] = .array($1.value) }
        return PushRuleset(stored: ["global": global], user: alice)
    }

    private func matches(_ condition: JSONValue, _ event: Event, context: PushContext = PushContext(memberCount: 5)) -> Bool {
        outcome(event, [.override: [["rule_id": "mine", "conditions": [condition], "actions": []]]], context: context)?.ruleID == "mine"
    }

    private func match(_ key: String, _ pattern: String) -> JSONValue {
        ["kind": "event_match", "key": .string(key), "pattern": .string(pattern)]
    }

    @Test func `default rules notify of messages and highlight mentions`() throws {
        #expect(outcome(try message("hello"))?.ruleID == ".m.rule.message")
        #expect(outcome(try message("hello"))?.notifies == true)
        #expect(outcome(try message("hello"))?.highlights == false)
        #expect(outcome(try message("hello"), context: PushContext(memberCount: 2))?.ruleID == ".m.rule.room_one_to_one")
        #expect(outcome(try message("hello"), context: PushContext(memberCount: 2))?.tweaks == ["sound": "default"])
        #expect(outcome(try event("m.room.encrypted", [:]))?.ruleID == ".m.rule.encrypted")
        let mention = outcome(try message("you", ["m.mentions": ["user_ids": ["@alice:here.example"]]]))
        #expect(mention?.ruleID == ".m.rule.is_user_mention")
        #expect(mention?.highlights == true)
        #expect(mention?.tweaks == ["sound": "default", "highlight": true])
        #expect(outcome(try message("you", ["m.mentions": ["user_ids": ["@bob:here.example"]]]))?.ruleID == ".m.rule.message")
        #expect(outcome(try event("m.room.tombstone", [:], stateKey: ""))?.highlights == true)
        #expect(outcome(try event("m.room.tombstone", [:])) == nil)
        #expect(outcome(try event("m.call.invite", [:]))?.tweaks == ["sound": "ring"])
        #expect(outcome(try event("org.example.other", [:])) == nil)
    }

    @Test func `default rules keep still about notices, edits, reactions and members`() throws {
        #expect(outcome(try message("beep", ["msgtype": "m.notice"]))?.notifies == false)
        #expect(outcome(try message("* hello", ["m.relates_to": ["rel_type": "m.replace", "event_id": "$a"]]))?.notifies == false)
        #expect(outcome(try event("m.reaction", [:]))?.notifies == false)
        #expect(outcome(try event("m.room.member", ["membership": "join"], stateKey: "@bob:here.example"))?.notifies == false)
        #expect(outcome(try event("m.room.member", ["membership": "invite"], stateKey: "@alice:here.example"))?.notifies == true)
        #expect(outcome(try event("m.room.server_acl", [:], stateKey: ""))?.notifies == false)
        // An edit that mentions notifies all the same: the rule for mentions comes first.
        let edit: JSONValue = ["m.relates_to": ["rel_type": "m.replace"], "m.mentions": ["user_ids": ["@alice:here.example"]]]
        #expect(outcome(try message("* you", edit))?.highlights == true)
    }

    @Test func `polls and calls have rules`() throws {
        #expect(outcome(try event("org.matrix.msc3381.poll.start", [:]))?.ruleID == ".org.matrix.msc3930.rule.poll_start")
        let two = PushContext(memberCount: 2)
        #expect(outcome(try event("org.matrix.msc3381.poll.end", [:]), context: two)?.ruleID == ".org.matrix.msc3930.rule.poll_end_one_to_one")
        #expect(outcome(try event("org.matrix.msc3381.poll.response", [:]))?.notifies == false)
        let invite = try event("org.matrix.msc4075.rtc.invite", ["m.mentions": ["user_ids": ["@alice:here.example"]]])
        #expect(outcome(invite)?.tweaks == ["sound": "ring"])
        #expect(outcome(try event("org.matrix.msc4075.rtc.invite", [:])) == nil)
    }

    @Test func `nobody is notified of their own events`() throws {
        #expect(outcome(try message("me", sender: "alice"), [.override: [["rule_id": "all", "conditions": [], "actions": ["notify"]]]]) == nil)
    }

    @Test func `a mention of the room takes power`() throws {
        let mention = try message("all", ["m.mentions": ["room": true]])
        #expect(outcome(mention)?.ruleID == ".m.rule.message")
        func levels(_ content: JSONValue) throws -> PushContext {
            PushContext(
                memberCount: 5,
                powerLevels: PowerLevels(event: try event("m.room.power_levels", content, stateKey: ""), createEvent: nil, rules: mention.rules))
        }
        #expect(outcome(mention, context: try levels(["users": ["@bob:here.example": 50]]))?.ruleID == ".m.rule.is_room_mention")
        #expect(outcome(mention, context: try levels(["users": ["@bob:here.example": 49]]))?.ruleID == ".m.rule.message")
        #expect(outcome(mention, context: try levels(["notifications": ["room": 0]]))?.highlights == true)
        #expect(outcome(try message("all", ["m.mentions": ["room": "true"]]), context: try levels(["users_default": 100]))?.highlights == false)
    }

    @Test(arguments: [
        ("content.topic", "lunc?*", "Lunch plans", true), ("content.topic", "lunc?*", "LUNCH", true), ("content.topic", "lunc?*", " lunch", false),
        ("content.topic", "lunc?*", "lunc", false), ("content.topic", "straße", "STRASSE", false), ("content.topic", "ÄÖ?", "äöü", true),
        ("content.topic", "", "", true), ("content.topic", "*", "", true), ("content.topic", "a*b*c", "aXbXbc", true),
    ])
    func `event_match takes the whole value`(key: String, pattern: String, value: String, isMatch: Bool) throws {
        #expect(matches(match(key, pattern), try event("m.room.topic", ["topic": .string(value)], stateKey: "")) == isMatch)
    }

    @Test(arguments: [
        ("ex*ple", "An example event.", true), ("ex*ple", "exple", true), ("ex*ple", "An exciting triple-whammy", true),
        ("ex*ple", "An examples", false), ("cake", "cheesecake", false), ("cake", "Cake!", true), ("cake", "cake_", false),
        ("cake", "(cake)", true), ("cake", "a cakecake cake", true), ("@room", "hello @room", true), ("tea", "c'est théa tea", true),
        ("?", "abc", false), ("?", "a bc", true), ("a?c", "xabc abd abc", true), ("*", "anything", true), ("", "anything", false),
        ("Ünal", "frag ünal!", true), ("a*", "bab", false), ("ca*", "the cakes", true), ("*lie", "the cake is a lie.", true),
        ("*lie", "belies", false),
    ])
    func `the body is matched by words`(pattern: String, body: String, isMatch: Bool) throws {
        #expect(matches(match("content.body", pattern), try message(body)) == isMatch)
        let rule: JSONValue = ["rule_id": "word", "pattern": .string(pattern), "actions": ["notify"]]
        #expect((outcome(try message(body), [.content: [rule]])?.ruleID == "word") == isMatch)
    }

    @Test func `paths are escaped and absent values do not match`() throws {
        let dotted = try event("m.room.message", ["m.relates_to": ["rel_type": "m.thread"], "a\\b": "x", "number": 1, "none": nil])
        #expect(matches(match("content.m\\.relates_to.rel_type", "m.thread"), dotted))
        #expect(!matches(match("content.m.relates_to.rel_type", "m.thread"), dotted))
        #expect(matches(match("content.a\\\\b", "x"), dotted))
        #expect(!matches(match("content.number", "*"), dotted))
        #expect(!matches(match("content.absent", "*"), dotted))
        #expect(!matches(match("state_key", "*"), dotted))
        #expect(matches(match("room_id", "!r:here.example"), dotted))
        #expect(matches(match("sender", "@BOB:*"), dotted))
        #expect(!matches(match("depth", "*"), dotted))
    }

    @Test func `exact values do not cast`() throws {
        let subject = try event(
            "m.room.create", ["m.federate": true, "one": 1, "none": nil, "word": "Word", "list": ["#a:b", 1, false, nil, ["x"]]], stateKey: "")
        func isValue(_ key: String, _ value: JSONValue) -> Bool {
            matches(["kind": "event_property_is", "key": .string(key), "value": value], subject)
        }
        #expect(isValue("content.m\\.federate", true))
        #expect(!isValue("content.m\\.federate", "true"))
        #expect(!isValue("content.m\\.federate", 1))
        #expect(isValue("content.one", 1))
        #expect(!isValue("content.one", true))
        #expect(isValue("content.none", nil))
        #expect(!isValue("content.absent", nil))
        #expect(isValue("content.word", "Word"))
        #expect(!isValue("content.word", "word"))
        #expect(isValue("type", "m.room.create"))
        #expect(!isValue("content.list", ["x"]))
        func contains(_ value: JSONValue) -> Bool {
            matches(["kind": "event_property_contains", "key": "content.list", "value": value], subject)
        }
        #expect(contains("#a:b"))
        #expect(!contains("#a"))
        #expect(contains(1))
        #expect(contains(false))
        #expect(contains(nil))
        #expect(!contains(true))
        #expect(!matches(["kind": "event_property_contains", "key": "content.word", "value": "Word"], subject))
    }

    @Test(arguments: [
        ("2", 2, true), ("2", 3, false), ("==2", 2, true), ("<3", 2, true), ("<3", 3, false), (">3", 4, true), (">=3", 3, true), ("<=10", 11, false),
        ("=<3", 1, false), ("", 0, false), ("two", 2, false),
    ])
    func `members are counted`(text: String, count: Int, isMatch: Bool) throws {
        let condition: JSONValue = ["kind": "room_member_count", "is": .string(text)]
        #expect(matches(condition, try message("x"), context: PushContext(memberCount: count)) == isMatch)
    }

    @Test func `a display name counts as a word and not as a pattern`() throws {
        let condition: JSONValue = ["kind": "contains_display_name"]
        func named(_ name: String?, _ body: String) throws -> Bool {
            matches(condition, try message(body), context: PushContext(memberCount: 2, displayName: name))
        }
        #expect(try named("Alice", "hey alice!"))
        #expect(try !named("Alice", "malice"))
        #expect(try !named("A*", "abc"))
        #expect(try named("A*", "hi a* you"))
        #expect(try !named("", "abc"))
        #expect(try !named(nil, "abc"))
    }

    @Test func `unknown conditions match nothing, and disabled rules neither`() throws {
        #expect(!matches(["kind": "org.example.moon_phase"], try message("x")))
        #expect(!matches(["kind": "event_match", "key": "type"], try message("x")))
        let rules: [JSONValue] = [
            ["rule_id": "off", "enabled": false, "conditions": [], "actions": []],
            ["rule_id": "half", "conditions": [match("type", "*"), ["kind": "unknown"]], "actions": []],
        ]
        #expect(outcome(try message("x"), [.override: rules])?.ruleID == ".m.rule.message")
    }

    @Test func `kinds come in order and the master rule before all`() throws {
        let rule = { (id: String) -> JSONValue in ["rule_id": .string(id), "conditions": [], "pattern": "tea", "actions": ["notify"]] }
        let all: [PushRuleKind: [JSONValue]] = [
            .override: [rule("first"), rule("second")], .content: [rule("word")], .room: [rule("!r:here.example")],
            .sender: [rule("@bob:here.example")], .underride: [rule("last")],
        ]
        let tea = try message("tea")
        #expect(outcome(tea, all)?.ruleID == "first")
        var fewer = all
        fewer[.override] = []
        #expect(outcome(tea, fewer)?.ruleID == "word")
        fewer[.content] = []
        #expect(outcome(tea, fewer)?.ruleID == "!r:here.example")
        fewer[.room] = [rule("!other:here.example")]
        #expect(outcome(tea, fewer)?.ruleID == "@bob:here.example")
        fewer[.sender] = [rule("@carol:here.example")]
        #expect(outcome(tea, fewer)?.ruleID == "last")
        let master: JSONValue = ["rule_id": ".m.rule.master", "default": true, "enabled": true, "actions": []]
        #expect(outcome(tea, [.override: [rule("first"), master]])?.ruleID == ".m.rule.master")
    }

    @Test func `a highlight may be taken back and old actions say nothing`() throws {
        func outcome(_ actions: JSONValue) throws -> PushOutcome? {
            self.outcome(try message("x"), [.override: [["rule_id": "mine", "conditions": [], "actions": actions]]])
        }
        #expect(try outcome(["notify", ["set_tweak": "highlight", "value": false]])?.highlights == false)
        #expect(try outcome(["notify", ["set_tweak": "highlight"]])?.highlights == true)
        #expect(try outcome(["dont_notify"])?.notifies == false)
        #expect(try outcome(["coalesce", "notify"])?.actions == ["notify"])
        #expect(try outcome(["notify", ["set_tweak": "org.example.light", "value": "blue"]])?.tweaks == ["org.example.light": "blue"])
    }
}

/// Events that were never checked, for rules that look at them alone.
enum TestEvent {
    struct Malformed: Error {}

    static func make(_ type: String, _ content: JSONValue, stateKey: String? = nil, sender: UserID) throws -> Event {
        var body: JSONValue = [
            "type": .string(type), "content": content, "sender": .string(sender.description), "room_id": "!r:here.example", "depth": 1,
            "origin_server_ts": 1,
        ]
        body["state_key"] = stateKey.map { .string($0) }
        let json = JSON(body)
        guard let id = EventID("$event"), let room = RoomID("!r:here.example"), let version = RoomVersion("11"), let content = json["content"] else {
            throw Malformed()
        }
        return Event(
            id: id, roomID: room, type: type, stateKey: stateKey, sender: sender, originServerTS: 1, depth: 1, prevEvents: [], authEvents: [],
            redacts: nil, json: json, content: content, rules: version.rules)
    }
}

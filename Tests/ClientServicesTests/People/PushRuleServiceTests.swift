import Database
import MatrixAPI
import MatrixModel
import Storage
import Testing

@testable import ClientServices

@Suite struct PushRuleServiceTests {
    private let server: AccountTestServer
    private let alice: String
    private let path = "/_matrix/client/v3/pushrules/global"

    init() async throws {
        server = try await AccountTestServer()
        alice = try await server.register("alice")
    }

    private func ids(_ kind: String) async throws -> [String] {
        try await server.ok(.get, path, as: alice)[kind]?.elements.compactMap { $0["rule_id"]?.string } ?? []
    }

    @Test func `a new account has the specification's defaults`() async throws {
        #expect(
            try await ids("override") == [
                ".m.rule.master", ".m.rule.suppress_notices", ".m.rule.invite_for_me", ".m.rule.member_event",
                ".org.matrix.msc4075.rule.rtc.invite_for_me", ".m.rule.is_user_mention", ".org.matrix.msc4075.rule.rtc.invite_for_room",
                ".m.rule.is_room_mention", ".m.rule.tombstone", ".m.rule.reaction", ".m.rule.room.server_acl",
                ".org.matrix.msc3930.rule.poll_response", ".m.rule.suppress_edits",
            ])
        #expect(
            try await ids("underride") == [
                ".m.rule.call", ".m.rule.encrypted_room_one_to_one", ".m.rule.room_one_to_one", ".m.rule.message", ".m.rule.encrypted",
                ".org.matrix.msc3930.rule.poll_start_one_to_one", ".org.matrix.msc3930.rule.poll_start",
                ".org.matrix.msc3930.rule.poll_end_one_to_one", ".org.matrix.msc3930.rule.poll_end",
            ])
        for kind in ["content", "room", "sender"] { #expect(try await ids(kind) == []) }
        let all = try await server.ok(.get, "/_matrix/client/v3/pushrules", as: alice)
        #expect(all["global"]?.value == (try await server.ok(.get, path, as: alice).value))
        let mention = try await server.ok(.get, path + "/override/.m.rule.is_user_mention", as: alice)
        #expect(mention["conditions"]?[0]?["value"]?.string == "@alice:test")
        #expect(try await server.ok(.get, path + "/override/.m.rule.master/enabled", as: alice)["enabled"]?.bool == false)
    }

    @Test func `own rules come before defaults and after the master rule`() async throws {
        try await server.ok(.put, path + "/override/mine", ["actions": ["notify"]], as: alice)
        try await server.ok(.put, path + "/override/newer", ["actions": []], as: alice)
        #expect(try await ids("override").prefix(4) == [".m.rule.master", "newer", "mine", ".m.rule.suppress_notices"])
        try await server.ok(.put, path + "/override/last?after=mine", ["actions": []], as: alice)
        try await server.ok(.put, path + "/override/newer?before=last", ["actions": []], as: alice)
        #expect(try await ids("override").prefix(5) == [".m.rule.master", "mine", "newer", "last", ".m.rule.suppress_notices"])
    }

    @Test func `a rule is read back as it was set`() async throws {
        try await server.ok(.put, path + "/content/cake", ["pattern": "cake*lie", "actions": ["notify", "dont_notify"]], as: alice)
        #expect(
            try await server.ok(.get, path + "/content/cake", as: alice).value
                == ["rule_id": "cake", "pattern": "cake*lie", "actions": ["notify"], "enabled": true, "default": false])
        try await server.ok(.put, path + "/content/cake/enabled", ["enabled": false], as: alice)
        try await server.ok(
            .put, path + "/content/cake/actions", ["actions": [["set_tweak": "sound", "value": "bing"]]], as: alice)
        #expect(try await server.ok(.get, path + "/content/cake/enabled", as: alice).value == ["enabled": false])
        #expect(
            try await server.ok(.get, path + "/content/cake/actions", as: alice).value
                == ["actions": [["set_tweak": "sound", "value": "bing"]]])
        // Changing a rule does not turn it on again.
        try await server.ok(.put, path + "/content/cake", ["pattern": "pie", "actions": []], as: alice)
        #expect(try await server.ok(.get, path + "/content/cake/enabled", as: alice).value == ["enabled": false])
        try await server.ok(.delete, path + "/content/cake", as: alice)
        #expect(try await server.failure(.get, path + "/content/cake", as: alice).code == .notFound)
    }

    @Test func `defaults can be changed but not removed`() async throws {
        try await server.ok(.put, path + "/underride/.m.rule.message/enabled", ["enabled": false], as: alice)
        try await server.ok(.put, path + "/underride/.m.rule.message/actions", ["actions": []], as: alice)
        let rule = try await server.ok(.get, path + "/underride/.m.rule.message", as: alice)
        #expect(rule["enabled"]?.bool == false)
        #expect(rule["actions"]?.count == 0)
        #expect(rule["default"]?.bool == true)
        #expect(try await server.failure(.delete, path + "/underride/.m.rule.message", as: alice).status == 400)
        #expect(try await server.failure(.put, path + "/underride/.m.rule.mine", ["actions": []], as: alice).status == 400)
    }

    @Test func `malformed rules are refused`() async throws {
        func status(_ uri: String, _ body: JSONValue) async throws -> Int { try await server.failure(.put, path + uri, body, as: alice).status }
        #expect(try await status("/content/a", ["actions": []]) == 400)
        #expect(try await status("/override/a", [:]) == 400)
        #expect(try await status("/override/a", ["actions": [["no_tweak": 1]]]) == 400)
        #expect(try await status("/override/a", ["actions": [], "conditions": [["key": "type"]]]) == 400)
        #expect(try await status("/override/a\\b", ["actions": []]) == 400)
        #expect(try await status("/override/a?before=.m.rule.message", ["actions": []]) == 400)
        #expect(try await status("/nonsense/a", ["actions": []]) == 400)
        #expect(try await status("/override/unknown/enabled", ["enabled": true]) == 404)
        #expect(try await ids("override").count == 13)
    }

    @Test func `changed rules are account data that syncs`() async throws {
        let user = try #require(UserID("@alice:test"))
        let stored = { [server] in try await server.database.read { try AccountDataStore($0).content("m.push_rules", user: user)?.value } }
        #expect(try await stored() == nil)
        #expect(
            try await server.ok(.get, "/_matrix/client/v3/user/@alice:test/account_data/m.push_rules", as: alice).value
                == PushRuleset(stored: nil, user: user).content)
        try await server.ok(.put, path + "/room/!r:test", ["actions": []], as: alice)
        let content = try await stored()
        #expect(content == (try await server.ok(.get, "/_matrix/client/v3/pushrules", as: alice).value))
        #expect(content?["global"]?["room"]?.array?.count == 1)
    }

    @Test func `a default of a later specification takes effect for those who have changed rules`() throws {
        let user = try #require(UserID("@alice:test"))
        let old: JSONValue = [
            "global": [
                "override": [["rule_id": ".m.rule.master", "default": true, "enabled": true, "actions": [], "conditions": ["outdated"]]]
            ]
        ]
        let ruleset = PushRuleset(stored: old, user: user)
        let master = try ruleset.rule(.override, ".m.rule.master")
        #expect(master["enabled"] == true)
        #expect(master["conditions"] == [])
        #expect(ruleset[.underride] == DefaultPushRules.rules(.underride, for: user))
    }
}

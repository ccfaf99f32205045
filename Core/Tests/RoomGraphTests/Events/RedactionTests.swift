import CustomDump
import MatrixModel
import RoomGraph
import Testing

@Suite struct RedactionTests {
    /// An event of that type with every key that some room version keeps, and one that none does.
    private func event(_ type: String, _ content: JSONValue) -> JSON {
        JSON([
            "auth_events": [], "content": content, "depth": 1, "event_id": "$e:a", "hashes": ["sha256": "h"], "membership": "join",
            "origin": "a", "origin_server_ts": 1, "prev_events": [], "prev_state": [], "redacts": "$x", "room_id": "!r:a", "sender": "@u:a",
            "signatures": ["a": ["ed25519:k": "s"]], "state_key": "", "type": .string(type), "unsigned": ["age": 1], "x": 1,
        ])
    }

    private func keptContent(_ type: String, _ content: JSONValue, _ version: RoomVersion) -> JSONValue? {
        Redaction.redact(event(type, content), rules: version.rules)["content"]?.value
    }

    @Test(arguments: RoomVersion.allCases)
    func `top-level keys are those of the room version`(version: RoomVersion) {
        let kept = Redaction.redact(event("m.room.message", ["body": "b"]), rules: version.rules).members.map(\.key)
        let legacy = version.rules.keepsLegacyKeysOnRedaction
        #expect(legacy == [.v1, .v2, .v3, .v4, .v5, .v6, .v7, .v8, .v9, .v10].contains(version))
        let expected = [
            "auth_events", "content", "depth", "event_id", "hashes", "membership", "origin", "origin_server_ts", "prev_events", "prev_state",
            "room_id", "sender", "signatures", "state_key", "type",
        ]
        expectNoDifference(kept, expected.filter { legacy || !["membership", "origin", "prev_state"].contains($0) })
    }

    @Test(arguments: RoomVersion.allCases)
    func `content keys are those of event type and room version`(version: RoomVersion) {
        let rules = version.rules
        #expect(keptContent("m.room.message", ["body": "b"], version) == [:])
        #expect(keptContent("m.room.history_visibility", ["history_visibility": "shared", "x": 1], version) == ["history_visibility": "shared"])
        let create: JSONValue = ["creator": "@u:a", "m.federate": false]
        #expect(keptContent("m.room.create", create, version) == (rules.keepsAllCreateContent ? create : ["creator": "@u:a"]))
        let joinRules = keptContent("m.room.join_rules", ["allow": [], "join_rule": "restricted", "x": 1], version)
        #expect(joinRules == (rules.keepsAllowOnRedaction ? ["allow": [], "join_rule": "restricted"] : ["join_rule": "restricted"]))
        #expect(keptContent("m.room.aliases", ["aliases": ["#a:a"]], version) == (rules.keepsAliasesOnRedaction ? ["aliases": ["#a:a"]] : [:]))
        #expect(keptContent("m.room.redaction", ["redacts": "$e"], version) == (rules.keepsRedactsOnRedaction ? ["redacts": "$e"] : [:]))
        var levels: JSONValue = [
            "ban": 1, "events": [:], "events_default": 1, "kick": 1, "redact": 1, "state_default": 1, "users": [:], "users_default": 1,
        ]
        var all = levels
        all["invite"] = 1
        if rules.keepsInviteInPowerLevels { levels["invite"] = 1 }
        var given = all
        given["notifications"] = ["room": 1]
        #expect(keptContent("m.room.power_levels", given, version) == levels)
    }

    @Test(arguments: RoomVersion.allCases)
    func `memberships keep what authorised them`(version: RoomVersion) {
        let content: JSONValue = [
            "membership": "join", "displayname": "n", "join_authorised_via_users_server": "@v:a",
            "third_party_invite": ["display_name": "d", "signed": ["token": "t"]],
        ]
        var expected: JSONValue = ["membership": "join"]
        if version.rules.keepsJoinAuthorisedViaOnRedaction { expected["join_authorised_via_users_server"] = "@v:a" }
        if version.rules.keepsThirdPartySignedOnly { expected["third_party_invite"] = ["signed": ["token": "t"]] }
        #expect(keptContent("m.room.member", content, version) == expected)
    }

    @Test func `a third-party invite without a signed part is kept empty, one that is no object is not kept`() {
        #expect(keptContent("m.room.member", ["third_party_invite": ["x": 1]], .v11) == ["third_party_invite": [:]])
        #expect(keptContent("m.room.member", ["third_party_invite": 5], .v11) == [:])
    }

    @Test func `the literals of gomatrixserverlib are redacted as expected`() throws {
        let eight = try Literals.all(file: "redactevent_test.go", function: "TestRedactionAlgorithmV4").map(\.text)
        let eleven = try Literals.all(file: "redactevent_test.go", function: "TestRedactionAlgorithmV5").map(\.text)
        let cases: [(String, RoomVersion, String)] = [
            (eight[0], .v8, eight[1]), (eight[0], .v9, eight[2]), (eleven[0], .v10, eleven[1]), (eleven[0], .v11, eleven[2]),
            (eleven[4], .v11, eleven[5]), (eleven[6], .v11, eleven[7]),
        ]
        for (input, version, expected) in cases {
            #expect(Redaction.redact(try JSON.parse(input), rules: version.rules) == (try JSON.parse(expected)), "room version \(version.rawValue)")
        }
    }

    @Test func `redacting twice changes nothing, and the reference hash stays`() throws {
        for version in RoomVersion.allCases {
            let once = Redaction.redact(event("m.room.topic", ["topic": "t"]), rules: version.rules)
            #expect(Redaction.redact(once, rules: version.rules).rawBytes == once.rawBytes)
            #expect(
                ReferenceHash.compute(once, version.rules) == ReferenceHash.compute(event("m.room.topic", ["topic": "t"]), version.rules))
        }
    }
}

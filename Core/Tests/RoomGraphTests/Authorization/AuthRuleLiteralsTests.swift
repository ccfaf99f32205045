import MatrixModel
import RoomGraph
import Testing

/// The tables of gomatrixserverlib's authorisation tests: a state, events that it allows and events that it does not.
@Suite struct AuthRuleLiteralsTests {
    @Test(
        arguments: [
            ("TestAllowedEmptyRoom", .v1), ("TestAllowedFirstJoin", .v1), ("TestAllowedWithNoPowerLevels", .v1), ("TestAllowedInviteFrom3PID", .v1),
            ("TestAllowedNoFederation", .v1), ("TestAllowedWithPowerLevels", .v1), ("TestRedactAllowed", .v1), ("TestMembershipAllowed", .v1),
            ("TestMembershipBanned", .v7), ("TestJoinRuleInvite", .v1), ("TestJoinRuleKnock", .v7), ("TestJoinRuleKnockRestricted", .v10),
        ] as [(String, RoomVersion)])
    func `the table is decided as written`(function: String, version: RoomVersion) throws {
        for literal in try Literals.all(file: "eventauth_test.go", function: function) {
            let table = try JSON.parse(literal.text)
            let state = try state(of: try #require(table["auth_events"]), version)
            var count = 0
            for json in try #require(table["allowed"]).elements {
                let event = try #require(parse(json, version))
                #expect(Fixture.rejection(of: event, in: state) == nil, "\(json.value)")
                count += 1
            }
            for json in try #require(table["not_allowed"]).elements {
                count += 1
                // What is no event is refused by the format.
                guard let event = parse(json, version) else { continue }
                let isStricter = Self.stricterThanSpecification.contains("\(event.type): \(json["unsigned"]?["not_allowed"]?.string ?? "")")
                #expect((Fixture.rejection(of: event, in: state) == nil) == isStricter, "\(json.value)")
            }
            #expect(count > 0)
        }
    }

    /// Refusals of that library which the specification does not know: the creator's first join is allowed whoever sends it (rule 5.2.1), and
    /// a redaction by who has the redact level is allowed whatever it names (rule 11.1). Rule 1 does not look at a create event's state key.
    private static let stricterThanSpecification: Set<String> = [
        "m.room.member: The sender doesn't match the joining user", "m.room.redaction: Invalid redacts event ID",
        "m.room.redaction: Missing redacts event ID", "m.room.create: Missing state_key", "m.room.create: The state_key is not empty",
    ]

    @Test func `the state that authorises an event is selected as written`() throws {
        let bob = UserID(Fixture.bob)!
        func keys(_ type: String, _ stateKey: String?, _ content: JSONValue, _ version: RoomVersion = .v10) -> [StateKey] {
            AuthEvents.keys(for: type, sender: bob, stateKey: stateKey, content: JSON(content), rules: version.rules).sorted()
        }
        let own = StateKey.member(bob)
        let other = StateKey("m.room.member", Fixture.carol)
        #expect(keys("m.room.create", "", [:]) == [])
        #expect(keys("m.room.message", nil, [:]) == [.create, own, .powerLevels])
        #expect(keys("m.room.message", nil, [:], .v12) == [own, .powerLevels])
        #expect(keys("m.room.member", Fixture.bob, ["membership": "join"]) == [.create, .joinRules, own, .powerLevels])
        #expect(keys("m.room.member", Fixture.carol, ["membership": "leave"]) == [.create, own, other, .powerLevels])
        #expect(keys("m.room.member", Fixture.carol, ["membership": "invite"]) == [.create, .joinRules, own, other, .powerLevels])
        #expect(keys("m.room.member", Fixture.bob, ["membership": "knock"]) == [.create, .joinRules, own, .powerLevels])
        let third: JSONValue = ["membership": "invite", "third_party_invite": ["signed": ["token": "t"]]]
        #expect(
            keys("m.room.member", Fixture.carol, third)
                == [.create, .joinRules, own, other, .powerLevels, StateKey("m.room.third_party_invite", "t")])
        let restricted: JSONValue = ["membership": "join", "join_authorised_via_users_server": .string(Fixture.carol)]
        #expect(keys("m.room.member", Fixture.bob, restricted, .v8) == [.create, .joinRules, own, other, .powerLevels])
        #expect(keys("m.room.member", Fixture.bob, restricted, .v7) == [.create, .joinRules, own, .powerLevels])
    }

    private func state(of groups: JSON, _ version: RoomVersion) throws -> [Event] {
        var events: [Event] = []
        for (name, group) in groups.members {
            if group["type"] != nil {
                events.append(try #require(parse(group, version, stateKey: "")))
            } else {
                try #require(["member", "third_party_invite"].contains(name))
                for (key, json) in group.members { events.append(try #require(parse(json, version, stateKey: key))) }
            }
        }
        return events
    }

    /// An event of a table, of which half the members are left out; nil where those that are there are malformed.
    private func parse(_ json: JSON, _ version: RoomVersion, stateKey: String? = nil) -> Event? {
        let previous = (json["prev_events"].map { Array($0.elements) } ?? []).compactMap { $0[0]?.string }
        guard let id = json["event_id"]?.string.flatMap({ EventID($0) }) ?? EventID("$none:a"),
            let sender = json["sender"]?.string.flatMap({ UserID($0) }),
            let room = PDU.roomID(of: json), let type = json["type"]?.string
        else { return nil }
        return Event(
            id: id, roomID: room, type: type, stateKey: stateKey ?? json["state_key"]?.string, sender: sender, originServerTS: 0, depth: 0,
            prevEvents: previous.compactMap { EventID($0) }, authEvents: [], redacts: json["redacts"]?.string.flatMap { EventID($0) },
            json: JSON(["signatures": ["a": ["ed25519:k": "s"]]]), content: json["content"] ?? JSON([:]), rules: version.rules)
    }
}

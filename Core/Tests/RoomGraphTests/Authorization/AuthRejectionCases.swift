import MatrixModel
import RoomGraph
import Testing

/// Examples of all rejections.
enum AuthRejectionCases {
    struct Example: CustomTestStringConvertible, Sendable {
        let expected: AuthRejection
        let found: AuthRejection?
        var testDescription: String { "\(expected)" }

        init(_ expected: AuthRejection, _ event: Event, in state: [Event]) {
            self.expected = expected
            found = Fixture.rejection(of: event, in: state)
        }

        init(_ expected: AuthRejection, found: AuthRejection?) {
            self.expected = expected
            self.found = found
        }
    }

    static let all = create + authEvents + general + joins + invites + thirdPartyInvites + departures + knocks + powerLevels

    static let alice = Fixture.alice
    static let bob = Fixture.bob
    static let carol = Fixture.carol

    /// A room in which Alice has power 100 and Bob 50, both joined.
    static func room(_ levels: [String: JSONValue] = [:], rule: String = "invite", version: RoomVersion = .v11, _ more: [Event] = []) -> [Event] {
        var content = levels
        if content["users"] == nil { content["users"] = ["@alice:a.test": 100, "@bob:b.test": 50] }
        return [
            Fixture.create(version: version), Fixture.member(alice, "join", version: version), Fixture.member(bob, "join", version: version),
            Fixture.joinRules(rule, version: version), Fixture.powerLevels(.object(content), version: version),
        ] + more
    }

    static func message(_ sender: String, type: String = "m.room.message", stateKey: String? = nil, version: RoomVersion = .v11) -> Event {
        Fixture.event("$message", type, stateKey: stateKey, sender: sender, room: Fixture.roomID(version), version: version)
    }

    private static func created(
        _ content: JSONValue = [:], prev: [String] = [], room: String = Fixture.room, _ version: RoomVersion = .v11, extra: [String: JSONValue] = [:]
    ) -> Event {
        Fixture.event(
            "$create", "m.room.create", stateKey: "", sender: alice, content: content, prev: prev, room: room, extra: extra, version: version)
    }

    static let create = [
        Example(.createHasPrevEvents, created(prev: ["$p"]), in: []),
        Example(.createRoomIDOfOtherServer, created(room: "!room:b.test"), in: []),
        Example(.createHasRoomID, created(room: "!create", .v12, extra: ["room_id": "!create"]), in: []),
        Example(.createUnknownRoomVersion, created(["room_version": "13"]), in: []),
        Example(.createUnknownRoomVersion, created(["room_version": 11]), in: []),
        Example(.createWithoutCreator, created(.object([:]), .v10), in: []),
        Example(.createMalformedAdditionalCreators, created(["additional_creators": "@b:b"], room: "!create", .v12), in: []),
        Example(.createMalformedAdditionalCreators, created(["additional_creators": ["bob"]], room: "!create", .v12), in: []),
        Example(.createMalformedAdditionalCreators, created(["additional_creators": [1]], room: "!create", .v12), in: []),
    ]

    /// Checks a message of Alice's against these auth events.
    private static func check(
        _ authEvents: [Event], createEvent: Event? = nil, rejected: String? = nil, version: RoomVersion = .v11
    ) -> AuthRejection? {
        do throws(AuthRejection) {
            try AuthRules.checkAuthEvents(
                message(alice, version: version), authEvents: authEvents, createEvent: createEvent, isRejected: { $0.description == rejected })
            return nil
        } catch {
            return error
        }
    }

    static let authEvents = [
        Example(.duplicateAuthEvent(.create), found: check([Fixture.create(), Fixture.create()])),
        Example(.unexpectedAuthEvent(EventID("$rules")!), found: check([Fixture.create(), Fixture.joinRules("public")])),
        Example(.unexpectedAuthEvent(EventID("$message")!), found: check([Fixture.create(), message(alice)])),
        Example(.unexpectedAuthEvent(EventID("$create")!), found: check([Fixture.create(version: .v12)], version: .v12)),
        Example(.rejectedAuthEvent(EventID("$levels")!), found: check([Fixture.create(), Fixture.powerLevels([:])], rejected: "$levels")),
        Example(.noCreateAmongAuthEvents, found: check([Fixture.member(alice, "join")])),
        Example(
            .authEventOfOtherRoom(EventID("$other")!),
            found: check([Fixture.event("$other", "m.room.create", stateKey: "", sender: alice, room: "!other:a.test")])),
        Example(.roomIDNotOfCreateEvent, found: check([], createEvent: Fixture.create(version: .v12), rejected: "$create", version: .v12)),
        Example(
            .roomIDNotOfCreateEvent,
            Fixture.event("$m", "m.room.message", sender: alice, room: "!other", version: .v12), in: [Fixture.create(version: .v12)]),
        Example(.noCreateInState, message(alice), in: []),
    ]

    static let general = [
        Example(
            .notFederated, message(bob), in: [Fixture.create(["m.federate": false]), Fixture.member(bob, "join"), Fixture.member(alice, "join")]),
        Example(.senderNotJoined, message(carol), in: room()),
        Example(.senderNotJoined, message(carol), in: room([Fixture.member(carol, "invite", by: alice)])),
        Example(.insufficientPower(required: 60, actual: 50), message(bob), in: room(["events_default": 60])),
        Example(.insufficientPower(required: 51, actual: 50), message(bob, type: "x"), in: room(["events": ["x": 51]])),
        Example(.insufficientPower(required: 55, actual: 50), message(bob, stateKey: ""), in: room(["state_default": 55])),
        Example(.stateKeyOfOtherUser, message(bob, type: "x", stateKey: alice), in: room()),
        Example(.aliasesWithoutStateKey, message(bob, type: "m.room.aliases", version: .v5), in: room(version: .v5)),
        Example(.aliasesOfOtherServer, message(bob, type: "m.room.aliases", stateKey: "a.test", version: .v5), in: room(version: .v5)),
        Example(
            .insufficientPowerForThirdPartyInvite(required: 60, actual: 50), message(bob, type: "m.room.third_party_invite", stateKey: "t"),
            in: room(["invite": 60])),
        Example(
            .insufficientPowerToRedact(required: 60, actual: 50),
            Fixture.event("$r:b.test", "m.room.redaction", sender: bob, redacts: "$x:a.test", version: .v2), in: room(["redact": 60], version: .v2)),
    ]

    static func room(_ more: [Event]) -> [Event] { room([:], more) }

    static let joins = [
        Example(.memberWithoutStateKey, message(alice, type: "m.room.member"), in: room()),
        Example(.memberWithoutMembership, message(alice, type: "m.room.member", stateKey: alice), in: room()),
        Example(.unknownMembership, Fixture.member(alice, "dance"), in: room()),
        Example(.unknownMembership, Fixture.member(carol, "knock", version: .v6), in: room(rule: "knock", version: .v6)),
        Example(
            .authorisingServerDidNotSign, Fixture.member(carol, "join", content: ["join_authorised_via_users_server": "@alice:a.test"]),
            in: room(rule: "restricted")),
        Example(
            .authorisingServerDidNotSign,
            Fixture.member(carol, "join", content: ["join_authorised_via_users_server": 5], signatures: ["a.test": ["ed25519:k": "s"]]),
            in: room(rule: "restricted")),
        Example(.joinForOtherUser, Fixture.member(carol, "join", by: bob), in: room(rule: "public")),
        Example(.joinWhileBanned, Fixture.member(carol, "join"), in: room(rule: "public", [Fixture.member(carol, "ban", by: alice)])),
        Example(.joinWithoutInvite, Fixture.member(carol, "join"), in: room()),
        Example(.joinWithoutInvite, Fixture.member(carol, "join"), in: room(rule: "knock", [Fixture.member(carol, "knock")])),
        Example(.joinWithoutInvite, Fixture.member(carol, "join"), in: [Fixture.create(), Fixture.member(alice, "join")]),
        Example(.restrictedJoinNotAuthorised, Fixture.member(carol, "join"), in: room(rule: "restricted")),
        Example(
            .restrictedJoinNotAuthorised,
            Fixture.member(
                carol, "join", content: ["join_authorised_via_users_server": "@bob:b.test"], signatures: ["b.test": ["ed25519:k": "s"]]),
            in: room(["invite": 60], rule: "knock_restricted")),
        Example(.joinRuleAdmitsNobody, Fixture.member(carol, "join"), in: room(rule: "private")),
        Example(.joinRuleAdmitsNobody, Fixture.member(carol, "join", version: .v6), in: room(rule: "knock", version: .v6)),
        Example(.joinRuleAdmitsNobody, Fixture.member(carol, "join", version: .v7), in: room(rule: "restricted", version: .v7)),
        Example(.joinRuleAdmitsNobody, Fixture.member(carol, "join", version: .v9), in: room(rule: "knock_restricted", version: .v9)),
    ]

    static let invites = [
        Example(.inviteByNonMember, Fixture.member(bob, "invite", by: carol), in: room()),
        Example(.inviteOfJoinedUser, Fixture.member(bob, "invite", by: alice), in: room()),
        Example(.inviteOfBannedUser, Fixture.member(carol, "invite", by: alice), in: room([Fixture.member(carol, "ban", by: alice)])),
        Example(.insufficientPowerToInvite(required: 60, actual: 50), Fixture.member(carol, "invite", by: bob), in: room(["invite": 60])),
    ]

    static let departures = [
        Example(.leaveWithoutMembership, Fixture.member(carol, "leave"), in: room()),
        Example(.leaveWithoutMembership, Fixture.member(carol, "leave"), in: room([Fixture.member(carol, "ban", by: alice)])),
        Example(
            .leaveWithoutMembership, Fixture.member(carol, "leave", version: .v6),
            in: room(version: .v6, [Fixture.member(carol, "knock", version: .v6)])),
        Example(.kickByNonMember, Fixture.member(bob, "leave", by: carol), in: room()),
        Example(
            .insufficientPowerToUnban(required: 60, actual: 50), Fixture.member(carol, "leave", by: bob),
            in: room(["ban": 60, "kick": 0], [Fixture.member(carol, "ban", by: alice)])),
        Example(
            .insufficientPowerToKick(required: 60, actual: 50), Fixture.member(carol, "leave", by: bob),
            in: room(["kick": 60], [Fixture.member(carol, "join")])),
        Example(.kickOfEqualPower(target: 100, actual: 50), Fixture.member(alice, "leave", by: bob), in: room()),
        Example(.banByNonMember, Fixture.member(bob, "ban", by: carol), in: room()),
        Example(.insufficientPowerToBan(required: 60, actual: 50), Fixture.member(carol, "ban", by: bob), in: room(["ban": 60])),
        Example(.banOfEqualPower(target: 100, actual: 50), Fixture.member(alice, "ban", by: bob), in: room()),
        Example(
            .banOfEqualPower(target: PowerLevels.infinite, actual: 50), Fixture.member(alice, "ban", by: bob, version: .v12),
            in: room(["users": ["@bob:b.test": 50]], version: .v12)),
    ]

    static let knocks = [
        Example(.joinRuleForbidsKnocking, Fixture.member(carol, "knock"), in: room(rule: "public")),
        Example(.joinRuleForbidsKnocking, Fixture.member(carol, "knock", version: .v9), in: room(rule: "knock_restricted", version: .v9)),
        Example(.knockForOtherUser, Fixture.member(carol, "knock", by: bob), in: room(rule: "knock")),
        Example(.knockDespiteMembership, Fixture.member(bob, "knock"), in: room(rule: "knock_restricted")),
        Example(.knockDespiteMembership, Fixture.member(carol, "knock"), in: room(rule: "knock", [Fixture.member(carol, "ban", by: alice)])),
    ]

    private static func change(_ content: [String: JSONValue], by sender: String = bob, version: RoomVersion = .v11) -> Event {
        Fixture.powerLevels(.object(content), by: sender, id: "$new", version: version)
    }

    static let users: JSONValue = ["@alice:a.test": 100, "@bob:b.test": 50]

    static let powerLevels = [
        Example(.powerLevelNotInteger("kick"), change(["kick": "50"]), in: room()),
        Example(.powerLevelNotInteger("ban"), change(["ban": "fifty"], version: .v9), in: room(version: .v9)),
        Example(.powerLevelNotInteger("ban"), change(["ban": .float("1e999")], version: .v5), in: room(version: .v5)),
        Example(.powerLevelsNotIntegers("events"), change(["events": ["x": nil]]), in: room()),
        Example(.powerLevelsNotIntegers("notifications"), change(["notifications": []]), in: room()),
        Example(.powerLevelUsersMalformed, change(["users": ["bob": 1]]), in: room()),
        Example(.powerLevelUsersMalformed, change(["users": ["@bob:b.test": "50"]]), in: room()),
        Example(.powerLevelUsersMalformed, change(["users": []]), in: room()),
        Example(.powerLevelUsersMalformed, change(["users": ["@bob:b.test": " 5 0 "]], version: .v9), in: room(version: .v9)),
        Example(
            .powerLevelsNameCreator, change(["users": ["@alice:a.test": 100]], by: alice, version: .v12),
            in: [Fixture.create(version: .v12), Fixture.member(alice, "join", version: .v12)]),
        Example(.changesPowerLevelAboveOwn("ban"), change(["users": users, "ban": 40]), in: room(["ban": 60])),
        Example(.changesPowerLevelAboveOwn("x"), change(["users": users]), in: room(["events": ["x": 60]])),
        Example(.changesPowerLevelAboveOwn("room"), change(["users": users], version: .v6), in: room(["notifications": ["room": 60]], version: .v6)),
        Example(.setsPowerLevelAboveOwn("invite"), change(["users": users, "invite": 60]), in: room()),
        Example(.setsPowerLevelAboveOwn("x"), change(["users": users, "events": ["x": 60]]), in: room()),
        Example(.setsPowerLevelAboveOwn(bob), change(["users": ["@alice:a.test": 100, "@bob:b.test": 51]]), in: room()),
        Example(.changesUserOfEqualPower(alice), change(["users": ["@alice:a.test": 49, "@bob:b.test": 50]]), in: room()),
        Example(
            .changesUserOfEqualPower(carol), change(["users": users]),
            in: room(["users": ["@alice:a.test": 100, "@bob:b.test": 50, "@carol:c.test": 50]])),
    ]
}

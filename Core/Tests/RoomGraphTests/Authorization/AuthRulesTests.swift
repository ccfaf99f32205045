import MatrixModel
import RoomGraph
import Testing

/// What the rules allow; what they refuse is in `AuthRejectionTests`.
@Suite struct AuthRulesTests {
    private typealias Cases = AuthRejectionCases
    private let alice = Fixture.alice
    private let bob = Fixture.bob
    private let carol = Fixture.carol

    private func isAllowed(_ event: Event, _ state: [Event]) -> Bool { Fixture.rejection(of: event, in: state) == nil }

    @Test(arguments: RoomVersion.allCases)
    func `a room is created and its creator joins and takes power`(version: RoomVersion) {
        let create = Fixture.create(version: version)
        let join = Fixture.member(alice, "join", version: version, prev: ["$create"])
        #expect(isAllowed(create, []))
        #expect(isAllowed(join, [create]))
        #expect(!isAllowed(Fixture.member(bob, "join", version: version, prev: ["$create"]), [create]))
        let users: JSONValue = version.rules.creatorsHaveInfinitePower ? [:] : ["@alice:a.test": 100]
        #expect(isAllowed(Fixture.powerLevels(["users": users], version: version), [create, join]))
        #expect(isAllowed(Fixture.joinRules("public", version: version), [create, join]))
    }

    @Test func `joining is open to those whom the join rule admits`() {
        let join = Fixture.member(carol, "join")
        #expect(isAllowed(join, Cases.room(rule: "public")))
        #expect(isAllowed(join, Cases.room(rule: "invite", [Fixture.member(carol, "invite", by: alice)])))
        #expect(isAllowed(join, Cases.room(rule: "knock", [Fixture.member(carol, "invite", by: alice)])))
        #expect(isAllowed(join, Cases.room(rule: "restricted", [Fixture.member(carol, "join")])))
        let authorised = Fixture.member(
            carol, "join", content: ["join_authorised_via_users_server": "@bob:b.test"], signatures: ["b.test": ["ed25519:k": "s"]])
        #expect(isAllowed(authorised, Cases.room(rule: "restricted")))
        #expect(isAllowed(authorised, Cases.room(rule: "knock_restricted")))
    }

    @Test func `knocking is open to those who are neither in, nor invited, nor banned`() {
        for version in RoomVersion.allCases where version.rules.allowsKnocking {
            let knock = Fixture.member(carol, "knock", version: version)
            #expect(isAllowed(knock, Cases.room(rule: "knock", version: version)))
            let left = Fixture.member(carol, "leave", version: version)
            #expect(isAllowed(knock, Cases.room(rule: "knock", version: version, [left])))
            #expect(isAllowed(left, Cases.room(rule: "knock", version: version, [knock])))
            #expect(isAllowed(knock, Cases.room(rule: "knock_restricted", version: version)) == version.rules.allowsKnockRestricted)
        }
    }

    @Test func `power decides on invites, kicks, bans and unbans`() {
        #expect(isAllowed(Fixture.member(carol, "invite", by: bob), Cases.room()))
        #expect(isAllowed(Fixture.member(carol, "leave", by: bob), Cases.room([Fixture.member(carol, "join")])))
        #expect(isAllowed(Fixture.member(carol, "ban", by: bob), Cases.room()))
        #expect(isAllowed(Fixture.member(carol, "leave", by: bob), Cases.room([Fixture.member(carol, "ban", by: alice)])))
        #expect(isAllowed(Fixture.member(bob, "leave"), Cases.room()))
    }

    @Test func `an invite with an identity server's signature needs no power`() {
        let list: JSONValue = ["public_keys": [["public_key": "junk"], ["public_key": .string(Cases.identityKey.publicKeyBase64)]]]
        #expect(isAllowed(Cases.thirdPartyInvite(Cases.signed()), Cases.inviting()))
        #expect(isAllowed(Cases.thirdPartyInvite(Cases.signed()), Cases.inviting(list)))
    }

    @Test func `redactions need the redact level or the identifier's server in versions 1 and 2, and neither later`() {
        let state = { (version: RoomVersion) in Cases.room(["redact": 60], version: version) }
        func redaction(_ sender: String, _ target: String?, _ version: RoomVersion) -> Event {
            Fixture.event("$r:b.test", "m.room.redaction", sender: sender, redacts: target, version: version)
        }
        #expect(isAllowed(redaction(alice, "$x:c.test", .v1), state(.v1)))
        #expect(isAllowed(redaction(bob, "$x:b.test", .v1), state(.v1)))
        #expect(!isAllowed(redaction(bob, nil, .v1), state(.v1)))
        #expect(isAllowed(redaction(bob, "$x:c.test", .v3), state(.v3)))
    }

    @Test func `aliases have a rule of their own before version 6`() {
        let own = Cases.message(carol, type: "m.room.aliases", stateKey: "c.test", version: .v5)
        #expect(isAllowed(own, Cases.room(version: .v5)))
        #expect(!isAllowed(Cases.message(carol, type: "m.room.aliases", stateKey: "c.test", version: .v6), Cases.room(version: .v6)))
    }

    @Test func `levels may be changed up to one's own`() {
        let users: JSONValue = ["@alice:a.test": 100, "@bob:b.test": 50]
        #expect(isAllowed(Fixture.powerLevels(["users": users, "ban": 50, "events": ["x": 50]], by: bob), Cases.room()))
        #expect(isAllowed(Fixture.powerLevels(["users": ["@alice:a.test": 100, "@bob:b.test": 10]], by: bob), Cases.room()))
        #expect(isAllowed(Fixture.powerLevels(["users": ["@alice:a.test": 100]], by: bob), Cases.room()))
        // Notifications are guarded from version 6 on.
        let loud = Fixture.powerLevels(["users": users, "notifications": ["room": 99]], by: bob, version: .v5)
        #expect(isAllowed(loud, Cases.room(version: .v5)))
        #expect(!isAllowed(Fixture.powerLevels(["users": users, "notifications": ["room": 99]], by: bob, version: .v6), Cases.room(version: .v6)))
    }

    @Test func `creators of version 12 stand above all levels`() {
        let create = Fixture.create(["additional_creators": ["@carol:c.test"]], version: .v12)
        let state = [create, Fixture.member(alice, "join", version: .v12), Fixture.member(carol, "join", version: .v12)]
        let levels = Fixture.powerLevels(["users": ["@bob:b.test": 9_007_199_254_740_991], "ban": 9_007_199_254_740_991], version: .v12)
        #expect(isAllowed(levels, state))
        #expect(isAllowed(Fixture.member(bob, "ban", by: carol, version: .v12), state + [levels]))
        let naming = Fixture.powerLevels(["users": ["@carol:c.test": 1]], version: .v12)
        #expect(Fixture.rejection(of: naming, in: state) == .powerLevelsNameCreator)
    }

    @Test func `a room closed to other servers lets its own in`() {
        let create = Fixture.create(["m.federate": false])
        #expect(isAllowed(Cases.message(alice), [create, Fixture.member(alice, "join")]))
        // The rule speaks of the sender; whom a member of the room's server invites is not its matter.
        #expect(isAllowed(Fixture.member(bob, "invite", by: alice), [create, Fixture.member(alice, "join")]))
    }

    @Test(arguments: RoomVersion.allCases)
    func `auth events as selected are accepted`(version: RoomVersion) throws {
        let state = Cases.room(version: version)
        let message = Cases.message(bob, version: version)
        let keys = AuthEvents.keys(for: message)
        let selected = state.filter { event in event.slot.map { keys.contains($0) } == true }
        #expect(selected.count == (version.rules.createEventInAuthEvents ? 3 : 2))
        try AuthRules.checkAuthEvents(message, authEvents: selected, createEvent: state[0])
        try AuthRules.checkAuthEvents(state[0], authEvents: [])
    }

    @Test func `soft failure is what the current state refuses`() {
        let banned = StateEvents(of: Cases.room([Fixture.member(carol, "ban", by: alice)]))
        #expect(SoftFailure.reason(for: Cases.message(carol), current: banned) == .senderNotJoined)
        #expect(SoftFailure.reason(for: Cases.message(bob), current: banned) == nil)
    }
}

import MatrixModel
import RoomGraph
import Testing

@Suite struct PowerLevelsTests {
    private func levels(_ content: JSONValue?, _ version: RoomVersion = .v11, create: Event? = nil) -> PowerLevels {
        PowerLevels(
            event: content.map { Fixture.powerLevels($0, version: version) }, createEvent: create ?? Fixture.create(version: version),
            rules: version.rules)
    }

    @Test func `a room without power levels has the defaults, and its creator 100`() {
        let none = levels(nil)
        #expect(none.level(of: Fixture.alice) == 100)
        #expect(none.level(of: Fixture.bob) == 0)
        #expect(none.required(for: "x", isState: true) == 50)
        #expect(none.required(for: "x", isState: false) == 0)
        #expect([none.ban, none.kick, none.redact, none.invite] == [50, 50, 50, 0])
        #expect(none.notification("room") == 50)
        #expect(levels(nil, .v12).level(of: Fixture.alice) == PowerLevels.infinite)
    }

    @Test func `an empty event has the defaults, and the creator none`() {
        let empty = levels([:])
        #expect(empty.level(of: Fixture.alice) == 0)
        #expect(empty.required(for: "x", isState: true) == 50)
        #expect([empty.ban, empty.kick, empty.redact, empty.invite, empty.usersDefault, empty.eventsDefault] == [50, 50, 50, 0, 0, 0])
        #expect(levels([:], .v12).level(of: Fixture.alice) == PowerLevels.infinite)
    }

    @Test func `levels are those of the event`() {
        let given = levels([
            "users": ["@bob:b.test": 7], "users_default": 3, "events": ["x": 9], "events_default": 4, "state_default": 5, "ban": 1, "kick": 2,
            "redact": 6, "invite": 8, "notifications": ["room": 10],
        ])
        #expect(given.level(of: UserID(Fixture.bob)!) == 7)
        #expect(given.level(of: UserID(Fixture.carol)!) == 3)
        #expect(given.required(for: "x", isState: true) == 9)
        #expect(given.required(for: "y", isState: true) == 5)
        #expect(given.required(for: "y", isState: false) == 4)
        #expect([given.ban, given.kick, given.redact, given.invite] == [1, 2, 6, 8])
        #expect(given.notification("room") == 10)
    }

    @Test(
        arguments: [
            ("100", 100), ("000100", 100), ("+100", 100), ("-100", -100), (" 100 ", 100), ("\t-00100\n", -100), ("1.5", nil), ("", nil), ("+", nil),
            ("1 0", nil), ("--1", nil), ("1e3", nil), ("١", nil),
        ] as [(String, Int?)])
    func `strings of integers count before version 10`(text: String, value: Int?) {
        #expect(levels(["users_default": .string(text)], .v9).usersDefault == value ?? 0)
        #expect(levels(["users_default": .string(text)], .v10).usersDefault == 0)
    }

    @Test(arguments: [("50.57", 50), ("5.114698E4", 51146), ("-1.9", -1), ("1e0", 1), ("9007199254740993", 9_007_199_254_740_993), ("1e300", .max)])
    func `floats are cut off before version 6`(text: String, value: Int) {
        #expect(levels(["ban": .float(text)], .v5).ban == value)
        #expect(levels(["ban": .float(text)], .v6).ban == 50)
    }

    @Test func `creators are read where the room version has them`() {
        let ten = Fixture.create(["creator": "@bob:b.test", "additional_creators": ["@carol:c.test"]], version: .v10)
        let eleven = Fixture.create(["creator": "@bob:b.test", "additional_creators": ["@carol:c.test"]], version: .v11)
        let twelve = Fixture.create(["creator": "@bob:b.test", "additional_creators": ["@carol:c.test"]], version: .v12)
        func creators(_ create: Event) -> [String] { [Fixture.alice, Fixture.bob, Fixture.carol].filter { RoomCreators(of: create).contains($0) } }
        #expect(creators(ten) == [Fixture.bob])
        #expect(creators(eleven) == [Fixture.alice])
        #expect(creators(twelve) == [Fixture.alice, Fixture.carol])
    }

    @Test func `users whose names Swift holds equal are different ones`() {
        let composed = levels(["users": ["@\u{E9}:a.test": 50]])
        #expect(composed.level(of: "@\u{E9}:a.test") == 50)
        #expect(composed.level(of: "@e\u{301}:a.test") == 0)
    }
}

import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

struct RefusalTests {
    private let rules = RoomVersion.v11.rules

    private func pair() async throws -> (world: World, one: TestServer, two: TestServer, room: RoomID) {
        let world = try await World.make("one.example", "two.example")
        let room = try await world["one.example"].makeRoom()
        try await world.join("bob", of: "two.example", room, via: "one.example")
        return (world, world["one.example"], world["two.example"], room)
    }

    @Test func `an event that its own state refuses is rejected and leaves no trace`() async throws {
        let (world, one, two, room) = try await pair()
        let last = try #require(try await two.timeline(room).last)
        let auth = try await two.authEvents(for: "m.room.topic", sender: two.user("bob"), stateKey: "", in: room, rules: rules)
        let topic = try two.forge(
            "m.room.topic", stateKey: "", sender: two.user("bob"), ["topic": "no power"], in: room, rules: rules, previous: [last], auth: auth)
        let before = try await one.state(of: room)
        guard case .rejected = try await one.rooms.receive(try world.received(topic), from: two.name) else {
            Issue.record("not rejected")
            return
        }
        #expect(try await one.state(of: room) == before)
        #expect(try await one.event(topic.id)?.flags == .rejected)
        // What comes after it stands, on the state without it.
        let next = try two.forge("m.room.message", sender: two.user("bob"), ["body": "after"], in: room, rules: rules, previous: [topic], auth: auth)
        #expect(try await one.rooms.receive(try world.received(next), from: two.name) == .accepted)
        #expect(try await one.state(before: next.id) == before)
        #expect(try #require(try await one.rooms.snapshot(of: room)).extremities.map(\.id) == [next.id])
        #expect(world.requests("missing") == 0)
        try await one.checkConsistency(room)
    }

    @Test func `an event that the current state refuses is kept but not shown`() async throws {
        let (world, one, two, room) = try await pair()
        let last = try #require(try await two.timeline(room).last)
        let auth = try await two.authEvents(for: "m.room.message", sender: two.user("bob"), in: room, rules: rules)
        try await one.member(two.user("bob"), .ban, as: "alice", in: room)
        let late = try two.forge("m.room.message", sender: two.user("bob"), ["body": "late"], in: room, rules: rules, previous: [last], auth: auth)
        #expect(try await one.rooms.receive(try world.received(late), from: two.name) == .softFailed)
        #expect(try await one.bodies(room).isEmpty)
        #expect(try await one.event(late.id)?.flags == .softFailed)
        let snapshot = try #require(try await one.rooms.snapshot(of: room))
        #expect(!snapshot.extremities.contains { $0.id == late.id })
        #expect(try await one.rooms.receive(try world.received(late), from: two.name) == .duplicate)
        try await one.checkConsistency(room)
    }

    @Test func `a soft-failed event passes on what it stood on`() async throws {
        let world = try await World.make("one.example", "two.example", "three.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let three = world["three.example"]
        let room = try await one.makeRoom()
        try await world.join("bob", of: "two.example", room, via: "one.example")
        try await world.join("carol", of: "three.example", room, via: "one.example")
        try await world.deliver()
        let last = try #require(try await one.timeline(room).last)
        let bobAuth = try await two.authEvents(for: "m.room.message", sender: two.user("bob"), in: room, rules: rules)
        let kick = try await one.member(two.user("bob"), .leave, as: "alice", in: room)
        let late = try two.forge("m.room.message", sender: two.user("bob"), ["body": "late"], in: room, rules: rules, previous: [last], auth: bobAuth)
        #expect(try await one.rooms.receive(try world.received(late), from: two.name) == .softFailed)
        // Carol's server saw the late one first and names it beside the kick.
        let auth = try await three.authEvents(for: "m.room.message", sender: three.user("carol"), in: room, rules: rules)
        let both = try three.forge(
            "m.room.message", sender: three.user("carol"), ["body": "both"], in: room, rules: rules, previous: [late, try #require(kick.event)],
            auth: auth)
        #expect(try await one.rooms.receive(try world.received(both), from: three.name) == .accepted)
        #expect(try #require(try await one.rooms.snapshot(of: room)).extremities.map(\.id) == [both.id])
        #expect(try await one.membership(two.user("bob"), room) == .leave)
        try await one.checkConsistency(room)
    }

    @Test(arguments: RoomVersion.allCases) func `a redaction may come before what it names`(version: RoomVersion) async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let rules = version.rules
        let room = try await one.makeRoom(version)
        try await world.join("bob", of: "two.example", room, via: "one.example")
        let fork = try #require(try await one.timeline(room).last)
        let auth = try await one.authEvents(for: "m.room.message", sender: one.user("alice"), in: room, rules: rules)
        let message = try one.forge(
            "m.room.message", sender: one.user("alice"), ["body": "secret"], in: room, rules: rules, previous: [fork], auth: auth, id: "m")
        let content: JSONValue = rules.redactsInContent ? ["redacts": .string(message.id.description)] : [:]
        let redaction = try one.forge(
            "m.room.redaction", sender: one.user("alice"), content, in: room, rules: rules, previous: [fork], auth: auth, redacts: message.id,
            id: "r")
        // In one batch, where the redaction is still in flight when its target comes.
        let outcomes = await two.rooms.receive(try [redaction, message].map(world.received), in: room, from: one.name)
        #expect(try outcomes.map { try $0.get() } == [.accepted, .accepted])
        #expect(try await two.bodies(room).isEmpty)
        #expect(try await two.event(message.id)?.flags.contains(.redacted) == true)
        #expect(try await two.rooms.event(message.id, for: one.name)?.content["body"] == nil)

        // In two, with a restart between them.
        #expect(try await one.rooms.receive(.trusted(redaction), from: two.name) == .accepted)
        let restarted = try await TestServer("one.example", seed: 50, database: one.database, clock: world.clock)
        #expect(try await restarted.rooms.receive(.trusted(message), from: two.name) == .accepted)
        #expect(try await restarted.bodies(room).isEmpty)
    }

    @Test func `a redaction without the right is shown but does nothing`() async throws {
        let world = try await World.make("one.example", "two.example", "three.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom()
        try await world.join("bob", of: "two.example", room, via: "one.example")
        let target = try await one.say("stays", in: room)
        try await world.deliver()
        let auth = try await two.authEvents(for: "m.room.redaction", sender: two.user("bob"), in: room, rules: rules)
        let redaction = try two.forge(
            "m.room.redaction", sender: two.user("bob"), ["redacts": .string(target.id.description)], in: room, rules: rules,
            previous: [try #require(target.event)], auth: auth)
        #expect(try await one.rooms.receive(try world.received(redaction), from: two.name) == .accepted)
        #expect(try await one.bodies(room) == ["stays"])
        // The same where the target comes later.
        let later = try two.forge(
            "m.room.message", sender: two.user("bob"), ["body": "own"], in: room, rules: rules, previous: [redaction], auth: auth)
        let other = try one.forge(
            "m.room.redaction", sender: one.user("alice"), ["redacts": .string(later.id.description)], in: room, rules: rules,
            previous: [redaction], auth: try await one.authEvents(for: "m.room.redaction", sender: one.user("alice"), in: room, rules: rules))
        #expect(try await one.rooms.receive(.trusted(other), from: one.name) == .accepted)
        #expect(try await one.rooms.receive(try world.received(later), from: two.name) == .accepted)
        #expect(try await one.bodies(room) == ["stays"])
    }

    @Test func `the create event cannot be redacted away`() async throws {
        let (world, one, two, room) = try await pair()
        let create = try #require(try await one.timeline(room).first)
        try await one.redact(create.id, in: room)
        try await world.deliver()
        for server in [one, two] {
            #expect(try await server.event(create.id)?.event.content["room_version"]?.string == "11")
            #expect(try await server.event(create.id)?.flags.contains(.redacted) == false)
        }
        try await one.say("on", in: room)
    }

    @Test func `redacted members and power levels keep what rules need`() async throws {
        let (world, one, two, room) = try await pair()
        let join = try await one.join("dora", room)
        let levels = try await one.set("m.room.power_levels", "", ["users": ["@alice:one.example": 100], "state_default": 0, "x": "y"], in: room)
        try await one.redact(join.id, in: room)
        try await one.redact(levels.id, in: room)
        try await world.deliver()
        for server in [one, two] {
            let powers = try #require(try await server.rooms.powerLevels(in: room))
            #expect(powers.stateDefault == 0)
            #expect(try await server.membership(one.user("dora"), room) == .join)
            try await server.checkConsistency(room)
        }
        try await one.set("m.room.topic", "", ["topic": "dora's"], as: "dora", in: room)
        try await world.deliver()
        #expect(try await two.state(of: room) == one.state(of: room))
    }
}

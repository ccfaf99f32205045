import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

struct GapTests {
    private func pair(_ version: RoomVersion = .v11) async throws -> (world: World, one: TestServer, two: TestServer, room: RoomID) {
        let world = try await World.make("one.example", "two.example")
        let room = try await world["one.example"].makeRoom(version, levels: ["state_default": 0])
        try await world.join("bob", of: "two.example", room, via: "one.example")
        return (world, world["one.example"], world["two.example"], room)
    }

    @Test(arguments: [1, 19, 20, 21, 50]) func `missed events are fetched in order`(count: Int) async throws {
        let (world, one, two, room) = try await pair()
        for index in 0..<count {
            if index % 10 == 3 {
                try await one.set("m.test", "\(index)", ["v": .integer(index)], in: room)
            } else {
                try await one.say("\(index)", in: room)
            }
        }
        try await world.lose(from: "one.example", to: "two.example")
        try await one.say("last", in: room)
        try await world.deliver()
        #expect(try await two.bodies(room) == one.bodies(room))
        #expect(try await two.state(of: room) == one.state(of: room))
        #expect(world.requests("missing") == (count + 19) / 20)
        #expect(world.requests("stateIDs") == 0)
        try await two.checkConsistency(room)
    }

    @Test(arguments: [RoomVersion.v1, .v2, .v6, .v12]) func `a gap too wide is bridged by the told state`(version: RoomVersion) async throws {
        let (world, one, two, room) = try await pair(version)
        try await two.set("m.test", "own", ["v": 1], as: "bob", in: room)
        try await world.deliver()
        for index in 0..<150 {
            if index % 10 == 3 {
                try await one.set("m.test", "\(index)", ["v": .integer(index)], in: room)
            } else {
                try await one.say("\(index)", in: room)
            }
        }
        try await world.lose(from: "one.example", to: "two.example")
        let last = try await one.say("last", in: room)
        try await world.deliver()
        #expect(try await two.bodies(room).last == "last")
        #expect(world.requests("stateIDs") >= 1)
        try await expectSame(try await one.state(before: last.id) ?? [:], try await two.state(before: last.id) ?? [:], on: one)
        // The old end of the timeline and the new one stand beside each other until an event joins them.
        try await two.say("joins", as: "bob", in: room)
        try await world.deliver()
        try await expectSame(try await one.state(of: room), try await two.state(of: room), on: two)
        let snapshot = try #require(try await two.rooms.snapshot(of: room))
        let gaps = try await two.database.read { try EventStore($0).missing(room: snapshot.number) }
        #expect(!gaps.isEmpty)
        try await two.checkConsistency(room)
        // The gap is filled by history.
        var rounds = 0
        while try await two.rooms.fillGap(in: room, after: 0, before: .max), rounds < 10 { rounds += 1 }
        #expect(rounds < 10)
        #expect(try await two.bodies(room) == one.bodies(room))
    }

    @Test func `history from before the join comes page by page`() async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom()
        for index in 0..<230 { try await one.say("\(index)", in: room) }
        try await world.join("bob", of: "two.example", room, via: "one.example")
        try await two.say("mine", as: "bob", in: room)
        #expect(try await two.bodies(room) == ["mine"])
        #expect(try await two.rooms.fillGap(in: room, after: 0, before: .max))
        #expect(try await two.bodies(room) == (130..<230).map { "\($0)" } + ["mine"])
        #expect(try await two.rooms.fillGap(in: room, after: 0, before: .max))
        #expect(try await two.rooms.fillGap(in: room, after: 0, before: .max))
        #expect(try await two.rooms.fillGap(in: room, after: 0, before: .max) == false)
        #expect(
            try await two.timeline(room).map(\.id) == (try await one.timeline(room).map(\.id)) + [try #require(try await two.timeline(room).last?.id)]
        )
        #expect(try await two.state(of: room) == one.state(of: room))
        // History takes no positions: nothing new for who syncs.
        #expect(try await two.database.read { try Positions.head($0) } == 2)
        try await two.checkConsistency(room)
    }

    @Test func `history that rules refuse is not shown and not asked for again`() async throws {
        let (world, one, two, room) = try await pair()
        let rules = RoomVersion.v11.rules
        let join = try #require(try await one.timeline(room).last)
        let bad = try one.forge("m.room.message", sender: one.user("mallory"), ["body": "bad"], in: room, rules: rules, previous: [join], auth: [])
        let auth = try await one.authEvents(for: "m.room.message", sender: one.user("alice"), in: room, rules: rules)
        let good = try one.forge("m.room.message", sender: one.user("alice"), ["body": "good"], in: room, rules: rules, previous: [bad], auth: auth)
        // One refuses the bad one, keeps it, and goes on after it.
        #expect(try await one.rooms.receive(.trusted(bad), from: two.name) != .accepted)
        #expect(try await one.rooms.receive(.trusted(good), from: two.name) == .accepted)
        #expect(try await two.rooms.receive(try world.received(good), from: one.name) == .accepted)
        #expect(try await two.bodies(room) == ["good"])
        #expect(try await one.bodies(room) == ["good"])
        for _ in 0..<3 { _ = try await two.rooms.fillGap(in: room, after: 0, before: .max) }
        let asked = world.requests("backfill")
        #expect(try await two.rooms.fillGap(in: room, after: 0, before: .max) == false)
        #expect(world.requests("backfill") == asked)
        #expect(try await two.bodies(room) == ["good"])
    }

    @Test func `what cannot be had fails alone`() async throws {
        let (world, one, two, room) = try await pair()
        try await one.say("lost", in: room)
        try await world.lose(from: "one.example", to: "two.example")
        let event = try #require(try await one.say("last", in: room).event)
        world.cut(true)
        await #expect(throws: (any Error).self) { try await two.rooms.receive(try world.received(event), from: one.name) }
        world.cut(false)
        #expect(try await two.rooms.receive(try world.received(event), from: one.name) == .accepted)
        #expect(try await two.bodies(room) == ["lost", "last"])
    }
}

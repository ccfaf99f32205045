import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

struct FederationTests {
    @Test(arguments: RoomVersion.allCases) func `a user of another server joins and both talk`(version: RoomVersion) async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom(version)
        try await one.say("before", in: room)
        let join = try await world.join("bob", of: "two.example", room, via: "one.example")
        #expect(try await one.state(of: room) == two.state(of: room))
        #expect(try await two.membership(two.user("bob"), room) == .join)
        let topic = try await one.set("m.room.topic", "", ["topic": "both"], in: room)
        try await one.say("hello two", in: room)
        try await world.deliver()
        let reply = try await two.say("hello one", as: "bob", in: room)
        #expect(reply.event?.prevEvents.count == 1)
        try await world.deliver()
        try await one.redact(reply.id, in: room)
        try await world.deliver()

        #expect(try await one.bodies(room) == ["before", "hello two"])
        #expect(try await two.bodies(room) == ["hello two"])
        #expect(try await two.event(reply.id)?.flags.contains(.redacted) == true)
        #expect(try await two.state(of: room)[.topic] == topic.id)
        #expect(try await two.event(join)?.event.json.rawBytes == (try await one.event(join))?.event.json.rawBytes)
        #expect(world.requests("missing") == 0)
        for server in [one, two] { try await server.checkConsistency(room) }
    }

    @Test(arguments: RoomVersion.allCases) func `servers cut off from each other agree after healing`(version: RoomVersion) async throws {
        let world = try await World.make("one.example", "two.example", "three.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let three = world["three.example"]
        let room = try await one.makeRoom(version, levels: ["state_default": 0])
        try await world.join("bob", of: "two.example", room, via: "one.example")
        try await world.join("carol", of: "three.example", room, via: "two.example")
        try await world.deliver()
        // Each side changes state, the same slots among it, and alice bans carol while carol goes on.
        try await one.set("m.room.topic", "", ["topic": "one"], in: room)
        try await two.set("m.room.topic", "", ["topic": "two"], as: "bob", in: room)
        try await three.set("m.room.topic", "", ["topic": "three"], as: "carol", in: room)
        try await one.member(three.user("carol"), .ban, as: "alice", in: room)
        try await three.set("m.room.name", "", ["name": "three"], as: "carol", in: room)
        try await two.set("m.test", "b", ["value": 2], as: "bob", in: room)
        try await two.join("dora", room)
        try await world.deliver()
        let state = try await one.state(of: room)
        try await expectSame(state, try await two.state(of: room), on: two)
        #expect(try await two.membership(three.user("carol"), room) == .ban)
        #expect(try await one.membership(two.user("dora"), room) == .join)
        // The next event joins what was parted.
        let merged = try await one.say("healed", in: room)
        try await world.deliver()
        #expect(try await two.bodies(room).contains("healed"))
        #expect(try await two.state(before: merged.id) == one.state(before: merged.id))
        try await expectSame(try await one.state(of: room), try await two.state(of: room), on: two)
        for server in [one, two] { try await server.checkConsistency(room) }
    }

    @Test func `events in flight count as here`() async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom()
        try await world.join("bob", of: "two.example", room, via: "one.example")
        let fork = try #require(try await one.timeline(room).last)
        // A batch in which each event names the last, a fork among them, and everything twice.
        var events: [Event] = []
        for index in 0..<10 { events.append(try #require(try await one.say("\(index)", in: room).event)) }
        let auth = try await one.authEvents(for: "m.room.message", sender: one.user("alice"), in: room, rules: RoomVersion.v11.rules)
        let side = try one.forge(
            "m.room.message", sender: one.user("alice"), ["body": "side"], in: room, rules: RoomVersion.v11.rules, previous: [fork], auth: auth)
        let join = try one.forge(
            "m.room.message", sender: one.user("alice"), ["body": "joined"], in: room, rules: RoomVersion.v11.rules,
            previous: [side, events[4], events[9]], auth: auth)
        let redaction = try one.forge(
            "m.room.redaction", sender: one.user("alice"), ["redacts": .string(events[3].id.description)], in: room,
            rules: RoomVersion.v11.rules, previous: [join], auth: auth)
        let batch = try (events + [side, join, redaction] + events).map(world.received)
        let outcomes = await two.rooms.receive(batch, in: room, from: one.name)
        let expected = Array(repeating: ReceiveOutcome.accepted, count: 13) + Array(repeating: .duplicate, count: 10)
        #expect(try outcomes.map { try $0.get() } == expected)
        #expect(world.requests("missing") == 0)
        #expect(try await two.bodies(room) == ["0", "1", "2", "4", "5", "6", "7", "8", "9", "side", "joined"])
        try await two.checkConsistency(room)
    }

    @Test func `the same events from several at once are taken once`() async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom()
        try await world.join("bob", of: "two.example", room, via: "one.example")
        var events: [VerifiedEvent] = []
        for index in 0..<20 { events.append(try world.received(try #require(try await one.say("\(index)", in: room).event))) }
        let batch = events
        await withTaskGroup(of: Void.self) { group in
            for start in 0..<6 {
                group.addTask {
                    for outcome in await two.rooms.receive(Array(batch[(start * 3)...]), in: room, from: one.name) {
                        #expect((try? outcome.get()) == .accepted || (try? outcome.get()) == .duplicate)
                    }
                }
            }
        }
        #expect(try await two.bodies(room) == (0..<20).map { "\($0)" })
        try await two.checkConsistency(room)
    }

    @Test func `received events survive commits that fail under them`() async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom(levels: ["state_default": 0])
        try await world.join("bob", of: "two.example", room, via: "one.example")
        var events: [VerifiedEvent] = []
        for index in 0..<20 {
            events.append(try world.received(try #require(try await one.set("m.test", "\(index % 4)", ["v": .integer(index)], in: room).event)))
        }
        let batch = events
        async let outcomes = two.rooms.receive(batch, in: room, from: one.name)
        try await two.database.write { _ = try $0.execute("UPDATE rooms SET revision = revision + 5") }
        for outcome in await outcomes { #expect(try [.accepted, .duplicate].contains(outcome.get())) }
        #expect(try await two.state(of: room) == one.state(of: room))
        try await two.checkConsistency(room)
    }

    @Test func `the last member of a server leaves, and one comes back`() async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom()
        try await world.join("bob", of: "two.example", room, via: "one.example")
        try await two.say("here", as: "bob", in: room)
        try await two.member(two.user("bob"), .leave, as: "bob", in: room)
        #expect(try #require(try await two.rooms.snapshot(of: room)).isParticipating == false)
        try await world.deliver()
        #expect(try await one.membership(two.user("bob"), room) == .leave)
        #expect(try #require(try await one.rooms.snapshot(of: room)).serverMembers[two.name] == nil)
        await #expect(throws: MatrixError.self) { try await two.say("gone", as: "bob", in: room) }

        let away = try await one.set("m.room.topic", "", ["topic": "while away"], in: room)
        try await one.say("unheard", in: room)
        try await world.deliver()
        try await world.join("carol", of: "two.example", room, via: "one.example")
        #expect(try await two.state(of: room) == one.state(of: room))
        #expect(try await two.state(of: room)[.topic] == away.id)
        #expect(try await two.membership(two.user("bob"), room) == .leave)
        let back = try await two.say("back", as: "carol", in: room)
        #expect(back.event?.prevEvents.count == 1)
        try await world.deliver()
        #expect(try await one.bodies(room) == ["here", "unheard", "back"])
        #expect(try await two.bodies(room) == ["here", "back"])
        for server in [one, two] { try await server.checkConsistency(room) }
    }

    @Test func `a second user joins through another server though the first is there`() async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom()
        try await world.join("bob", of: "two.example", room, via: "one.example")
        try await two.say("first", as: "bob", in: room)
        try await world.join("carol", of: "two.example", room, via: "one.example")
        try await world.deliver()
        #expect(try await two.state(of: room) == one.state(of: room))
        let merged = try await two.say("both", as: "carol", in: room)
        try await world.deliver()
        #expect(try await one.state(before: merged.id) == two.state(before: merged.id))
        for server in [one, two] { try await server.checkConsistency(room) }
    }

    @Test func `a join that came by another way first is no failure`() async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom()
        try await world.join("bob", of: "two.example", room, via: "one.example")
        let accepted = try await world.enter("carol", .join, of: "two.example", room, via: "one.example")
        try await world.deliver()
        _ = try await two.rooms.receive(try world.received(accepted.event), from: one.name)
        let position = try await two.rooms.importJoin(
            rules: accepted.event.rules, join: try world.received(accepted.event), state: try accepted.state.map(world.received),
            authChain: try accepted.authChain.map(world.received))
        #expect(position > 0)
        #expect(try await two.membership(two.user("carol"), room) == .join)
        try await two.checkConsistency(room)
    }
}

/// Prints the slots in which two states differ.
func expectSame(
    _ first: [StateKey: EventID], _ second: [StateKey: EventID], on server: TestServer, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    guard first != second else { return }
    let slots = Set(first.keys).union(second.keys).filter { first[$0] != second[$0] }.sorted()
    var lines: [String] = []
    for slot in slots {
        for id in [first[slot], second[slot]] {
            let event = if let id { try await server.event(id)?.event } else { nil as Event? }
            lines.append("\(slot): \(id?.description ?? "-") \(event?.content.value.description ?? "")")
        }
    }
    Issue.record("\(lines.joined(separator: "\n"))", sourceLocation: sourceLocation)
}

extension JSONValue {
    var description: String { String(decoding: bytes(), as: UTF8.self) }
}

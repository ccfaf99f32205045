import MatrixModel
import Testing

@Suite struct SendingTests {
    @Test func `the same transaction gives the same event, another device another`() async throws {
        let alice = try await RoomWorld().person("alice")
        let room = try await alice.createRoom()
        let first = try await alice.say("once", in: room, transaction: "t1")
        #expect(try await alice.say("once", in: room, transaction: "t1") == first)
        #expect(try await alice.device("OTHER").say("once", in: room, transaction: "t1") != first)
        #expect(try await alice.put("/rooms/\(room)/send/m.other/t1", [:])["event_id"]?.string != first)
        let chunk = try await alice.get("/rooms/\(room)/messages", [("dir", "b"), ("filter", #"{"types":["m.room.message"]}"#)])["chunk"]
        #expect(chunk?.count == 2)
    }

    @Test func `whoever is not in the room cannot send`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        #expect(await failure { try await bob.say("hm", in: room) }?.code == .forbidden)
        #expect(await failure { try await bob.say("hm", in: "!none:here.example") }?.code == .forbidden)
        #expect(await failure { try await bob.setState("m.room.topic", ["topic": "x"], in: room) }?.code == .forbidden)
    }

    @Test func `state is set by power alone`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        #expect(await failure { try await bob.setState("m.room.topic", ["topic": "x"], in: room) }?.code == .forbidden)
        let event = try await alice.setState("m.room.topic", ["topic": "y"], in: room)
        // The same content again is no new event.
        #expect(try await alice.setState("m.room.topic", ["topic": "y"], in: room) == event)
        #expect(try await bob.get("/rooms/\(room)/state/m.room.topic/", [("format", "event")])["event_id"]?.string == event)
        // Without the trailing slash as well.
        #expect(try await bob.get("/rooms/\(room)/state/m.room.topic")["topic"]?.string == "y")
    }

    @Test func `an event too large is refused`() async throws {
        let alice = try await RoomWorld().person("alice")
        let room = try await alice.createRoom()
        let error = await failure { try await alice.say(String(repeating: "x", count: 70_000), in: room) }
        #expect(error?.status == 413)
        #expect(error?.code == .tooLarge)
    }

    @Test func `a canonical alias must point to its room`() async throws {
        let alice = try await RoomWorld().person("alice")
        let room = try await alice.createRoom(["room_alias_name": "mine"])
        let other = try await alice.createRoom(["room_alias_name": "other"])
        let bad = await failure { try await alice.setState("m.room.canonical_alias", ["alias": "#other:here.example"], in: room) }
        #expect(bad?.status == 400)
        #expect(bad?.code == .badAlias)
        #expect(
            await failure { try await alice.setState("m.room.canonical_alias", ["alt_aliases": ["#none:here.example"]], in: room) }?.code == .badAlias
        )
        #expect(await failure { try await alice.setState("m.room.canonical_alias", ["alias": "mine"], in: room) }?.code == .invalidParam)
        try await alice.put("/directory/room/#second:here.example", ["room_id": .string(room)])
        try await alice.setState(
            "m.room.canonical_alias", ["alias": "#mine:here.example", "alt_aliases": ["#second:here.example"]], in: room)
        // What stands already is not checked again, even if the alias went elsewhere since.
        try await alice.world.deleteAlias("#second:here.example")
        try await alice.put("/directory/room/#second:here.example", ["room_id": .string(other)])
        try await alice.setState("m.room.canonical_alias", ["alt_aliases": ["#second:here.example"]], in: room)
    }

    @Test(arguments: [RoomVersion.v6, .v11, .v12])
    func `a redacted event loses its content and names its redaction`(version: RoomVersion) async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat", "room_version": .string(version.rawValue)])
        try await bob.join(room)
        let event = try await alice.say("secret", in: room)
        #expect(await failure { try await bob.put("/rooms/\(room)/redact/\(event)/r1", [:]) }?.code == .forbidden)
        let redaction = try await alice.put("/rooms/\(room)/redact/\(event)/r1", ["reason": "slip"])["event_id"]?.string
        #expect(try await alice.put("/rooms/\(room)/redact/\(event)/r1", ["reason": "slip"])["event_id"]?.string == redaction)
        let seen = try await bob.get("/rooms/\(room)/event/\(event)")
        #expect(seen["content"]?.count == 0)
        let because = seen["unsigned"]?["redacted_because"]
        #expect(because?["event_id"]?.string == redaction)
        #expect(because?["redacts"]?.string == event)
        #expect(because?["content"]?["redacts"]?.string == event)
        #expect(because?["content"]?["reason"]?.string == "slip")
        // One's own message may be redacted through /send too.
        let own = try await bob.say("oops", in: room)
        try await bob.put("/rooms/\(room)/send/m.room.redaction/r2", ["redacts": .string(own)])
        #expect(try await alice.get("/rooms/\(room)/event/\(own)")["content"]?.count == 0)
        #expect(await failure { try await alice.put("/rooms/\(room)/redact/$none/r3", [:]) }?.code == .notFound)
    }
}

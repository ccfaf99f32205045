import ClientServices
import MatrixAPI
import MatrixModel
import Testing

@Suite struct TimestampTests {
    private func find(_ person: Person, _ room: String, _ timestamp: Int, _ direction: String) async throws -> String? {
        try await person.first("/rooms/\(room)/timestamp_to_event", [("ts", "\(timestamp)"), ("dir", direction)])["event_id"]?.string
    }

    private func time(_ person: Person, _ room: String, _ event: String) async throws -> Int {
        try await person.get("/rooms/\(room)/event/\(event)")["origin_server_ts"]?.integer ?? 0
    }

    @Test func `the nearest event is found on either side`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        var events: [(id: String, time: Int)] = []
        for number in 0..<5 {
            world.clock.advance(60_000)
            let event = try await alice.say("\(number)", in: room)
            events.append((event, try await time(alice, room, event)))
        }
        for (index, event) in events.enumerated() {
            #expect(try await find(alice, room, event.time, "f") == event.id)
            #expect(try await find(alice, room, event.time, "b") == event.id)
            if index > 0 {
                #expect(try await find(alice, room, event.time - 1, "f") == event.id)
                #expect(try await find(alice, room, event.time - 1, "b") == events[index - 1].id)
            }
        }
        let answer = try await alice.first("/rooms/\(room)/timestamp_to_event", [("ts", "0"), ("dir", "f")])
        let first = try await alice.get("/rooms/\(room)/event/\(answer["event_id"]?.string ?? "")")
        #expect(first["type"]?.string == "m.room.create")
        #expect(answer["origin_server_ts"]?.integer == first["origin_server_ts"]?.integer)
        #expect(await failure { try await find(alice, room, 0, "b") }?.code == .notFound)
        #expect(await failure { try await find(alice, room, 9_000_000_000_000, "f") }?.code == .notFound)
        #expect(await failure { try await find(alice, room, 1, "x") }?.code == .invalidParam)
        #expect(await failure { try await find(alice, room, -1, "f") }?.code == .invalidParam)
        #expect(await failure { try await alice.first("/rooms/\(room)/timestamp_to_event") }?.code == .missingParam)
    }

    @Test func `only what a person may see is found`() async throws {
        let world = try await RoomWorld()
        let (alice, bob, carol) = (try await world.person("alice"), try await world.person("bob"), try await world.person("carol"))
        let room = try await alice.createRoom([
            "preset": "public_chat",
            "initial_state": [["type": "m.room.history_visibility", "content": ["history_visibility": "joined"]]],
        ])
        try await alice.say("before", in: room)
        world.clock.advance(1_000)
        try await bob.join(room)
        let seen = try await alice.say("during", in: room)
        let at = try await time(bob, room, seen)
        try await bob.leave(room)
        world.clock.advance(1_000)
        try await alice.say("after", in: room)
        #expect(try await find(bob, room, at, "f") == seen)
        #expect(await failure { try await find(bob, room, at + 1_500, "f") }?.code == .notFound)
        #expect(await failure { try await find(carol, room, at, "f") }?.code == .forbidden)
    }

    @Test func `another server is told where it is in the room`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let id = try #require(RoomID(try await alice.createRoom()))
        let refusal = await failure {
            try await world.services.event(
                near: .init(timestamp: 1, direction: .forward), in: id, for: RoomWorld.serverName("there.example"))
        }
        #expect(refusal?.code == .forbidden)
    }
}

import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

/// Sticky events of other servers, and for them (MSC4354).
struct StickyTests {
    private let rules = RoomVersion.v11.rules

    private func pair() async throws -> (world: World, one: TestServer, two: TestServer, room: RoomID) {
        let world = try await World.make("one.example", "two.example", "three.example")
        let room = try await world["one.example"].makeRoom()
        try await world.join("bob", of: "two.example", room, via: "one.example")
        return (world, world["one.example"], world["two.example"], room)
    }

    private func sticky(_ server: TestServer, _ room: RoomID, after last: Event, duration: JSONValue = 600_000, shift: Int = 0) async throws -> Event
    {
        let auth = try await server.authEvents(for: "m.note", sender: server.user("bob"), in: room, rules: rules)
        var draft = EventDraft(
            roomID: room, type: "m.note", sender: server.user("bob"), content: ["body": "sticky"], originServerTS: server.clock.now + shift,
            depth: last.depth + 1, prevEvents: [last.id], authEvents: auth.map(\.id))
        draft.stickyMilliseconds = duration.integer
        return try draft.signed(by: server.name, with: server.key, rules: rules)
    }

    private func shown(_ server: TestServer, _ room: RoomID) async throws -> [(id: EventID, expires: Int)] {
        let now = server.clock.now
        return try await server.database.read { transaction in
            guard let row = try RoomStore(transaction).room(room) else { return [] }
            return try StickyEventStore(transaction).events(room: row.number, after: 0, through: .max, unexpiredAt: now, limit: 100)
                .map { ($0.stored.event.id, $0.expires) }
        }
    }

    @Test func `a sticky event of another server is shown until it is over`() async throws {
        let (world, one, two, room) = try await pair()
        let last = try #require(try await two.timeline(room).last)
        let event = try await sticky(two, room, after: last)
        let outcome = try await one.rooms.receive(try world.received(event), from: two.name)
        #expect(outcome == .accepted)
        let found = try await shown(one, room)
        #expect(found.map(\.id) == [event.id])
        #expect(found.first?.expires == event.originServerTS + 600_000)
    }

    @Test func `a time in the future does not prolong stickiness, and one long past ends it`() async throws {
        let (world, one, two, room) = try await pair()
        let last = try #require(try await two.timeline(room).last)
        let future = try await sticky(two, room, after: last, shift: 50_000_000)
        _ = try await one.rooms.receive(try world.received(future), from: two.name)
        let found = try await shown(one, room)
        let expires = try #require(found.first?.expires)
        #expect(expires <= one.clock.now + 600_000)
        let past = try await sticky(two, room, after: future, shift: -700_000)
        _ = try await one.rooms.receive(try world.received(past), from: two.name)
        let after = try await shown(one, room)
        #expect(after.map(\.id) == [future.id])
    }

    @Test func `a soft-failed sticky event is shown once its sender is back`() async throws {
        let (world, one, two, room) = try await pair()
        let last = try #require(try await two.timeline(room).last)
        let late = try await sticky(two, room, after: last)
        try await one.member(two.user("bob"), .leave, as: "alice", in: room)
        let outcome = try await one.rooms.receive(try world.received(late), from: two.name)
        #expect(outcome == .softFailed)
        let hidden = try await shown(one, room)
        #expect(hidden.isEmpty)
        try await world.join("bob", of: "two.example", room, via: "one.example")
        let found = try await shown(one, room)
        #expect(found.map(\.id) == [late.id])
        let bodies = try await one.bodies(room)
        #expect(!bodies.contains("sticky"))
        try await one.checkConsistency(room)
    }

    @Test func `a server that joins is sent what this one keeps sticky, and nobody else is`() async throws {
        let (world, one, two, room) = try await pair()
        var new = NewEvent(type: "m.note", sender: one.user("alice"), content: ["body": "kept"])
        new.stickyMilliseconds = 600_000
        let kept = try await one.rooms.append(new, to: room)
        let position = kept.position
        try await world.join("carol", of: "three.example", room, via: "one.example")
        let three = world["three.example"].name
        let (forThree, forTwo) = try await one.database.read { transaction in
            let outbox = OutboxStore(transaction)
            let events = EventStore(transaction)
            func ids(_ server: ServerName) throws -> [EventID] {
                try outbox.entries(for: server, after: position, limit: 100).compactMap { try events.id(number: $0.event) }
            }
            return (try ids(three), try ids(two.name))
        }
        #expect(forThree.contains(kept.id))
        #expect(!forTwo.contains(kept.id))
    }
}

import ClientServices
import Database
import MatrixAPI
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

/// Events that are brought to everybody while they are sticky (MSC4354).
struct StickyEventTests {
    @discardableResult
    private func stick(
        _ text: String, in room: String, by person: Person, for duration: Int, transaction: String, delay: Int? = nil
    ) async throws -> JSON {
        try await person.world.call(
            .user(person.caller), .put, "/_matrix/client/v3/rooms/\(room)/send/m.note/\(transaction)",
            query: [("org.matrix.msc4354.sticky_duration_ms", String(duration))] + (delay.map { [("org.matrix.msc4140.delay", String($0))] } ?? []),
            body: ["body": .string(text)])
    }

    /// The bodies of the sticky section and of the timeline.
    private func seen(_ sync: JSON, _ room: String) -> (sticky: [String], timeline: [String]) {
        let joined = sync["rooms"]?["join"]?[room]
        func bodies(_ events: JSON?) -> [String] {
            events?.elements.filter { $0["type"]?.string == "m.note" }.compactMap { $0["content"]?["body"]?.string } ?? []
        }
        return (bodies(joined?["msc4354_sticky"]?["events"]), bodies(joined?["timeline"]?["events"]))
    }

    @Test func `a sticky event carries its duration in what is signed`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        let id = try await stick("here", in: room, by: alice, for: 300_000, transaction: "t")["event_id"]?.string.flatMap { EventID($0) }
        let eventID = try #require(id)
        let stored = try await world.database.read { try EventStore($0).event(eventID) }
        let event = try #require(stored?.event)
        #expect(event.json["msc4354_sticky"]?["duration_ms"]?.integer == 300_000)
        #expect(ContentHash.matches(event))
        #expect(Redaction.redact(event).json["msc4354_sticky"] == nil)
        let shown = try await alice.get("/rooms/\(room)/event/\(eventID)")
        #expect(shown["msc4354_sticky"]?["duration_ms"]?.integer == 300_000)
        let left = try #require(shown["unsigned"]?["msc4354_sticky_duration_ttl_ms"]?.integer)
        #expect(left > 0 && left <= 300_000)
    }

    @Test func `a sync tells each sticky event once, in the timeline or beside it`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        try await stick("old", in: room, by: alice, for: 300_000, transaction: "1")
        for index in 0..<12 { try await alice.say("\(index)", in: room) }
        try await stick("new", in: room, by: alice, for: 300_000, transaction: "2")
        let first = try await alice.sync()
        let start = seen(first, room)
        #expect(start.sticky == ["old"])
        #expect(start.timeline == ["new"])
        let since = first["next_batch"]?.string
        let quiet = try await alice.sync(since: since)
        let nothing = seen(quiet, room)
        #expect(nothing.sticky.isEmpty)
        try await stick("gap", in: room, by: alice, for: 300_000, transaction: "3")
        for index in 0..<12 { try await alice.say("\(index)", in: room) }
        let next = try await alice.sync(since: since)
        let gap = seen(next, room)
        #expect(gap.sticky == ["gap"])
        let end = try await alice.sync(since: next["next_batch"]?.string)
        let after = seen(end, room)
        #expect(after.sticky.isEmpty && after.timeline.isEmpty)
    }

    @Test func `an event that a filter keeps out of the timeline is sticky all the same`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        try await stick("filtered", in: room, by: alice, for: 300_000, transaction: "1")
        let sync = try await alice.sync([("filter", #"{"room":{"timeline":{"not_types":["m.note"]}}}"#)])
        let found = seen(sync, room)
        #expect(found.sticky == ["filtered"])
        #expect(found.timeline.isEmpty)
    }

    @Test func `who joins is told what is sticky, whatever the history's visibility`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom([
            "preset": "public_chat",
            "initial_state": [["type": "m.room.history_visibility", "content": ["history_visibility": "joined"]]],
        ])
        try await stick("present", in: room, by: alice, for: 300_000, transaction: "1")
        let before = try await bob.sync()
        try await bob.join(room)
        let sync = try await bob.sync(since: before["next_batch"]?.string)
        let found = seen(sync, room)
        #expect(found.sticky == ["present"])
        #expect(found.timeline.isEmpty)
    }

    @Test func `what is over or redacted is sticky no more`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        try await stick("short", in: room, by: alice, for: 10_000, transaction: "1")
        let id = try await stick("redacted", in: room, by: alice, for: 300_000, transaction: "2")["event_id"]?.string ?? ""
        try await stick("long", in: room, by: alice, for: 300_000, transaction: "3")
        for index in 0..<12 { try await alice.say("\(index)", in: room) }
        try await alice.put("/rooms/\(room)/redact/\(id)/r")
        world.clock.advance(20_000)
        let sync = try await alice.sync()
        let found = seen(sync, room)
        #expect(found.sticky == ["long"])
    }

    @Test func `an event may be delayed and sticky`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        try await stick("both", in: room, by: alice, for: 300_000, transaction: "1", delay: 1_000)
        world.clock.advance(2_000)
        await world.services.delayedEvents.sendDue()
        for index in 0..<12 { try await alice.say("\(index)", in: room) }
        let sync = try await alice.sync()
        let found = seen(sync, room)
        #expect(found.sticky == ["both"])
    }

    @Test(arguments: [-1, 3_600_001]) func `an event is sticky for an hour at most`(_ duration: Int) async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        let refusal = await failure { try await stick("x", in: room, by: alice, for: duration, transaction: "1") }
        #expect(refusal?.code == .invalidParam)
    }

    @Test func `the sticky events of ignored people are not told`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        try await stick("unwanted", in: room, by: bob, for: 300_000, transaction: "1")
        for index in 0..<12 { try await alice.say("\(index)", in: room) }
        try await world.setAccountData("m.ignored_user_list", ["ignored_users": [bob.name: [:]]], of: alice.user)
        let sync = try await alice.sync()
        let found = seen(sync, room)
        #expect(found.sticky.isEmpty)
    }
}

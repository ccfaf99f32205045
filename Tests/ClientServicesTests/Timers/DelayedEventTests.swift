import ClientServices
import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage
import Testing

/// Events that are sent later (MSC4140).
struct DelayedEventTests {
    private static let unstable = "/_matrix/client/unstable/org.matrix.msc4140"

    private func schedule(
        _ text: String, in room: String, by person: Person, after delay: Int, transaction: String, query: [(String, String)] = []
    ) async throws -> JSON {
        try await person.world.call(
            .user(person.caller), .put, "/_matrix/client/v3/rooms/\(room)/send/m.room.message/\(transaction)",
            query: [("org.matrix.msc4140.delay", String(delay))] + query, body: ["msgtype": "m.text", "body": .string(text)])
    }

    private func scheduleState(_ content: JSONValue, key: String, in room: String, by person: Person, after delay: Int) async throws -> String {
        try await person.world.call(
            .user(person.caller), .put, "/_matrix/client/v3/rooms/\(room)/state/org.matrix.msc3401.call.member/\(key)",
            query: [("org.matrix.msc4140.delay", String(delay))], body: content)["delay_id"]?.string ?? ""
    }

    private func look(_ id: String, by person: Person) async throws -> JSON {
        try await person.world.call(.user(person.caller), .get, "\(DelayedEventTests.unstable)/delayed_events/\(id)")
    }

    private func list(_ person: Person) async throws -> JSON {
        try await person.world.call(.user(person.caller), .get, "\(DelayedEventTests.unstable)/delayed_events")
    }

    private func manage(_ id: String, _ action: String, by identity: Identity, _ world: RoomWorld) async throws {
        _ = try await world.call(identity, .post, "\(DelayedEventTests.unstable)/delayed_events/\(id)/\(action)", body: [:])
    }

    private func bodies(_ room: String, _ person: Person) async throws -> [String] {
        let page = try await person.get("/rooms/\(room)/messages", [("dir", "b"), ("limit", "50")])
        return page["chunk"]?.elements.compactMap { $0["content"]?["body"]?.string }.reversed() ?? []
    }

    private static let anybody = Identity.anonymous(PublicCaller(address: "127.0.0.1"))

    @Test func `an event is sent when its time has come and not before`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        let id = try await schedule("later", in: room, by: alice, after: 10_000, transaction: "t1")["delay_id"]?.string ?? ""
        world.clock.advance(5_000)
        await world.services.delayedEvents.sendDue()
        let early = try await bodies(room, alice)
        #expect(early.isEmpty)
        world.clock.advance(6_000)
        await world.services.delayedEvents.sendDue()
        await world.services.delayedEvents.sendDue()
        let late = try await bodies(room, alice)
        #expect(late == ["later"])
        let seen = try await look(id, by: alice)
        #expect(seen["finalised_ts"]?.integer != nil)
        #expect(seen["event_id"]?.string?.hasPrefix("$") == true)
        #expect(seen["content"]?["body"]?.string == "later")
        #expect(seen["delay_ms"]?.integer == 10_000)
    }

    @Test func `a delayed event carries the sender's transaction and delay identifiers`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        let id = try await schedule("later", in: room, by: alice, after: 1_000, transaction: "mine")["delay_id"]?.string
        world.clock.advance(2_000)
        await world.services.delayedEvents.sendDue()
        let sync = try await alice.sync()
        let event = sync["rooms"]?["join"]?[room]?["timeline"]?["events"]?.elements.map { $0 }.last
        #expect(event?["unsigned"]?["transaction_id"]?.string == "mine")
        #expect(event?["unsigned"]?["org.matrix.msc4140.delay_id"]?.string == id)
        let other = try await alice.device("OTHER").sync()
        let elsewhere = other["rooms"]?["join"]?[room]?["timeline"]?["events"]?.elements.map { $0 }.last
        #expect(elsewhere?["unsigned"]?["transaction_id"] == nil)
        #expect(elsewhere?["unsigned"]?["org.matrix.msc4140.delay_id"]?.string == id)
    }

    @Test func `nobody else sees the delay identifier`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        _ = try await schedule("later", in: room, by: alice, after: 1_000, transaction: "t")
        world.clock.advance(2_000)
        await world.services.delayedEvents.sendDue()
        let sync = try await bob.sync()
        let event = sync["rooms"]?["join"]?[room]?["timeline"]?["events"]?.elements.map { $0 }.last
        #expect(event?["content"]?["body"]?.string == "later")
        #expect(event?["unsigned"]?["org.matrix.msc4140.delay_id"] == nil)
    }

    @Test func `the same request again gives the same identifier and one event`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        let first = try await schedule("once", in: room, by: alice, after: 1_000, transaction: "t")["delay_id"]?.string
        let second = try await schedule("once", in: room, by: alice, after: 1_000, transaction: "t")["delay_id"]?.string
        #expect(first != nil)
        #expect(first == second)
        world.clock.advance(2_000)
        await world.services.delayedEvents.sendDue()
        let third = try await schedule("once", in: room, by: alice, after: 1_000, transaction: "t")["delay_id"]?.string
        #expect(third == first)
        world.clock.advance(2_000)
        await world.services.delayedEvents.sendDue()
        let sent = try await bodies(room, alice)
        #expect(sent == ["once"])
    }

    @Test func `a restart of the timer waits for the whole delay again`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        let id = try await scheduleState([:], key: "_@alice:here.example_D", in: room, by: alice, after: 10_000)
        world.clock.advance(8_000)
        try await manage(id, "restart", by: DelayedEventTests.anybody, world)
        world.clock.advance(8_000)
        await world.services.delayedEvents.sendDue()
        let waiting = try await look(id, by: alice)
        #expect(waiting["finalised_ts"] == nil)
        world.clock.advance(3_000)
        await world.services.delayedEvents.sendDue()
        let sent = try await look(id, by: alice)
        #expect(sent["event_id"]?.string != nil)
    }

    @Test func `sending now answers once it is sent, and again`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        let id = try await schedule("now", in: room, by: alice, after: 100_000, transaction: "t")["delay_id"]?.string ?? ""
        try await manage(id, "send", by: .user(alice.caller), world)
        let sent = try await bodies(room, alice)
        #expect(sent == ["now"])
        try await manage(id, "send", by: .user(alice.caller), world)
        for action in ["cancel", "restart"] {
            let refusal = await failure { try await manage(id, action, by: .user(alice.caller), world) }
            #expect(refusal?.status == 409)
            #expect(refusal?.code == .unknown)
        }
        world.clock.advance(200_000)
        await world.services.delayedEvents.sendDue()
        let after = try await bodies(room, alice)
        #expect(after == ["now"])
    }

    @Test func `a cancelled event is never sent`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        let id = try await schedule("never", in: room, by: alice, after: 1_000, transaction: "t")["delay_id"]?.string ?? ""
        _ = try await world.call(.user(alice.caller), .post, "\(DelayedEventTests.unstable)/delayed_events/\(id)", body: ["action": "cancel"])
        try await manage(id, "cancel", by: .user(alice.caller), world)
        let refusal = await failure { try await manage(id, "send", by: .user(alice.caller), world) }
        #expect(refusal?.status == 409)
        world.clock.advance(2_000)
        await world.services.delayedEvents.sendDue()
        let sent = try await bodies(room, alice)
        #expect(sent.isEmpty)
        let list = try await list(alice)
        #expect(list["delayed_events"]?.count == 0)
        #expect(list["finalised"]?[0]?["outcome"]?.string == "cancel")
        #expect(list["finalised"]?[0]?["reason"]?.string == "action")
    }

    @Test func `others can neither see nor manage an event with a token of theirs`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom()
        let id = try await schedule("mine", in: room, by: alice, after: 1_000, transaction: "t")["delay_id"]?.string ?? ""
        let hidden = await failure { try await look(id, by: bob) }
        #expect(hidden?.code == .notFound)
        let cancel = await failure { try await manage(id, "cancel", by: .user(bob.caller), world) }
        #expect(cancel?.code == .notFound)
        let list = try await list(bob)
        #expect(list["delayed_events"]?.count == 0)
        let unknown = await failure { try await manage("nothing", "cancel", by: DelayedEventTests.anybody, world) }
        #expect(unknown?.code == .notFound)
    }

    @Test func `what waits outlives a restart, and what is overdue is sent then in order`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        _ = try await schedule("second", in: room, by: alice, after: 20_000, transaction: "a")
        _ = try await schedule("first", in: room, by: alice, after: 10_000, transaction: "b")
        _ = try await schedule("third", in: room, by: alice, after: 5_000_000, transaction: "c")
        let restarted = try await world.restarted()
        try await restarted.services.delayedEvents.load()
        await restarted.services.delayedEvents.sendDue()
        let again = Person(world: restarted, caller: alice.caller)
        let sent = try await bodies(room, again)
        #expect(sent == ["first", "second"])
        let list = try await list(again)
        #expect(list["delayed_events"]?.count == 1)
    }

    @Test func `an event that may not be sent when its time comes ends with the error`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        let id =
            try await world.call(
                .user(bob.caller), .put, "\(DelayedEventTests.unstable)/rooms/\(room)/delayed_event/m.room.name/t",
                body: ["delay_ms": 1_000, "state_key": "", "content": ["name": "Mine"]])["delay_id"]?.string ?? ""
        world.clock.advance(2_000)
        await world.services.delayedEvents.sendDue()
        let seen = try await look(id, by: bob)
        #expect(seen["error"]?["errcode"]?.string == "M_FORBIDDEN")
        #expect(seen["event_id"] == nil)
        #expect(seen["state_key"]?.string == "")
    }

    @Test func `whoever leaves takes along what they wanted to send`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        let id = try await schedule("gone", in: room, by: bob, after: 10_000, transaction: "t")["delay_id"]?.string ?? ""
        let kept = try await schedule("kept", in: room, by: alice, after: 10_000, transaction: "t")["delay_id"]?.string ?? ""
        try await bob.leave(room)
        let seen = try await look(id, by: bob)
        #expect(seen["error"]?["errcode"]?.string == "M_FORBIDDEN")
        let other = try await look(kept, by: alice)
        #expect(other["finalised_ts"] == nil)
        try await bob.join(room)
        world.clock.advance(20_000)
        await world.services.delayedEvents.sendDue()
        let sent = try await bodies(room, alice)
        #expect(sent == ["kept"])
    }

    @Test func `delays and their number are bounded`() async throws {
        var settings = RoomSettings()
        settings.delayedEvents = DelayedEventSettings(maximumMilliseconds: 86_400_000, maximumPerUser: 2)
        let world = try await RoomWorld(settings: settings)
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        let long = await failure { try await schedule("x", in: room, by: alice, after: 86_400_001, transaction: "t") }
        #expect(long?.status == 400)
        #expect(long?.extra["org.matrix.msc4140.errcode"] == "M_MAX_DELAY_EXCEEDED")
        #expect(long?.extra["org.matrix.msc4140.max_delay"] == 86_400_000)
        let negative = await failure { try await schedule("x", in: room, by: alice, after: -1, transaction: "t") }
        #expect(negative?.code == .invalidParam)
        for transaction in ["a", "b"] { _ = try await schedule("x", in: room, by: alice, after: 60_000, transaction: transaction) }
        let many = await failure { try await schedule("x", in: room, by: alice, after: 60_000, transaction: "c") }
        #expect(many?.status == 429)
        #expect(many?.code == .limitExceeded)
        #expect((many?.extra["retry_after_ms"]?.integer ?? 0) > 50_000)
        let repeated = try await schedule("x", in: room, by: alice, after: 60_000, transaction: "a")
        #expect(repeated["delay_id"]?.string != nil)
    }

    @Test func `only members have events sent later`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom()
        let refusal = await failure { try await schedule("x", in: room, by: bob, after: 1_000, transaction: "t") }
        #expect(refusal?.code == .forbidden)
    }

    @Test func `a delayed redaction redacts`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        let event = try await alice.say("short-lived", in: room)
        _ = try await world.call(
            .user(alice.caller), .put, "\(DelayedEventTests.unstable)/rooms/\(room)/delayed_event/m.room.redaction/t",
            body: ["delay_ms": 1_000, "content": ["redacts": .string(event)]])
        world.clock.advance(2_000)
        await world.services.delayedEvents.sendDue()
        let seen = try await alice.get("/rooms/\(room)/event/\(event)")
        #expect(seen["content"]?["body"] == nil)
    }
}

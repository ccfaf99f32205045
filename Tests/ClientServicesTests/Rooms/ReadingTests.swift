import MatrixModel
import Testing

@Suite struct ReadingTests {
    private func room(_ visibility: String = "shared") async throws -> (alice: Person, bob: Person, carol: Person, room: String) {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom([
            "preset": "public_chat",
            "initial_state": [["type": "m.room.history_visibility", "content": ["history_visibility": .string(visibility)]]],
        ])
        return (alice, try await world.person("bob"), try await world.person("carol"), room)
    }

    private func bodies(_ json: JSON?) -> [String] { json?.elements.compactMap { $0["content"]?["body"]?.string } ?? [] }

    @Test func `pages run through the whole timeline in both directions`() async throws {
        let (alice, _, _, room) = try await room()
        for number in 1...25 { try await alice.say("\(number)", in: room) }
        var backward: [String] = []
        var events: [String] = []
        var from: String?
        repeat {
            let page = try await alice.get("/rooms/\(room)/messages", [("dir", "b"), ("limit", "7")] + (from.map { [("from", $0)] } ?? []))
            #expect(page["chunk"]?.count ?? 0 <= 7)
            backward += bodies(page["chunk"])
            events += page["chunk"]?.elements.compactMap { $0["event_id"]?.string } ?? []
            from = page["end"]?.string
        } while from != nil
        #expect(backward == (1...25).reversed().map(String.init))
        #expect(Set(events).count == events.count)

        var forward: [String] = []
        var seen: [String] = []
        repeat {
            let page = try await alice.get("/rooms/\(room)/messages", [("dir", "f"), ("limit", "4")] + (from.map { [("from", $0)] } ?? []))
            forward += bodies(page["chunk"])
            seen += page["chunk"]?.elements.compactMap { $0["event_id"]?.string } ?? []
            from = page["end"]?.string
        } while from != nil
        #expect(forward == (1...25).map(String.init))
        #expect(seen == events.reversed())
    }

    @Test func `a page ends at the token named`() async throws {
        let (alice, _, _, room) = try await room()
        try await alice.say("before", in: room)
        let token = try await alice.sync()["next_batch"]?.string ?? ""
        for number in 1...3 { try await alice.say("\(number)", in: room) }
        let page = try await alice.get("/rooms/\(room)/messages", [("dir", "b"), ("to", token)])
        #expect(bodies(page["chunk"]) == ["3", "2", "1"])
        #expect(page["end"] == nil)
        #expect(await failure { try await alice.get("/rooms/\(room)/messages", [("dir", "b"), ("from", "x1")]) }?.code == .invalidParam)
        #expect(await failure { try await alice.get("/rooms/\(room)/messages") }?.code == .missingParam)
    }

    @Test func `filters choose events by type, sender and url, and lazy loading adds the senders`() async throws {
        let (alice, bob, _, room) = try await room()
        try await bob.join(room)
        try await alice.say("a", in: room)
        try await bob.say("b", in: room)
        try await bob.put("/rooms/\(room)/send/m.room.message/u", ["msgtype": "m.image", "body": "c", "url": "mxc://a/b"])
        func page(_ filter: String) async throws -> JSON {
            try await alice.get("/rooms/\(room)/messages", [("dir", "b"), ("filter", filter)])
        }
        #expect(bodies(try await page(#"{"types":["m.room.mess*"],"senders":["\#(bob.name)"]}"#)["chunk"]) == ["c", "b"])
        #expect(bodies(try await page(#"{"not_types":["m.room.member"],"not_senders":["\#(bob.name)"],"limit":5}"#)["chunk"]).first == "a")
        #expect(bodies(try await page(#"{"contains_url":true}"#)["chunk"]) == ["c"])
        let lazy = try await page(#"{"lazy_load_members":true,"senders":["\#(bob.name)"]}"#)
        #expect(lazy["state"]?.elements.compactMap { $0["state_key"]?.string } == [bob.name])
        #expect(await failure { _ = try await page("{") }?.code == .invalidParam)
    }

    @Test func `context shows what was said around an event, with the state there`() async throws {
        let (alice, _, _, room) = try await room()
        var events: [String] = []
        for number in 1...9 { events.append(try await alice.say("\(number)", in: room)) }
        let context = try await alice.get("/rooms/\(room)/context/\(events[4])", [("limit", "4")])
        #expect(context["event"]?["event_id"]?.string == events[4])
        #expect(bodies(context["events_before"]) == ["4", "3"])
        #expect(bodies(context["events_after"]) == ["6", "7"])
        #expect(context["state"]?.elements.contains { $0["type"]?.string == "m.room.create" } == true)
        let earlier = try await alice.get("/rooms/\(room)/messages", [("dir", "b"), ("from", context["start"]?.string ?? ""), ("limit", "1")])
        #expect(bodies(earlier["chunk"]) == ["2"])
        let later = try await alice.get("/rooms/\(room)/messages", [("dir", "f"), ("from", context["end"]?.string ?? ""), ("limit", "1")])
        #expect(bodies(later["chunk"]) == ["8"])
        #expect(await failure { try await alice.get("/rooms/\(room)/context/$none") }?.code == .notFound)
    }

    @Test(arguments: [("shared", ["late", "early"]), ("invited", ["late"]), ("joined", ["late"]), ("world_readable", ["late", "early"])])
    func `history visibility decides what a newcomer sees`(visibility: String, expected: [String]) async throws {
        let (alice, bob, _, room) = try await room(visibility)
        let early = try await alice.say("early", in: room)
        try await bob.join(room)
        try await alice.say("late", in: room)
        #expect(bodies(try await bob.get("/rooms/\(room)/messages", [("dir", "b"), ("limit", "50")])["chunk"]) == expected)
        #expect((await failure { try await bob.get("/rooms/\(room)/event/\(early)") } == nil) == expected.contains("early"))
    }

    @Test func `an invited person sees from the invitation on where the room says so`() async throws {
        let (alice, bob, _, room) = try await room("invited")
        try await alice.say("before", in: room)
        try await alice.invite(bob, to: room)
        try await alice.say("between", in: room)
        try await bob.join(room)
        #expect(bodies(try await bob.get("/rooms/\(room)/messages", [("dir", "b"), ("limit", "50")])["chunk"]) == ["between"])
    }

    @Test func `who left sees the room as it was then`() async throws {
        let (alice, bob, carol, room) = try await room()
        try await bob.join(room)
        try await alice.setState("m.room.name", ["name": "Old"], in: room)
        try await alice.say("seen", in: room)
        try await bob.leave(room)
        let unseen = try await alice.say("unseen", in: room)
        try await alice.setState("m.room.name", ["name": "New"], in: room)
        try await carol.join(room)
        #expect(try await bob.state("m.room.name", in: room)["name"]?.string == "Old")
        #expect(bodies(try await bob.get("/rooms/\(room)/messages", [("dir", "b"), ("limit", "50")])["chunk"]) == ["seen"])
        #expect(await failure { try await bob.get("/rooms/\(room)/event/\(unseen)") }?.code == .notFound)
        let members = try await bob.get("/rooms/\(room)/members")["chunk"]
        #expect(members?.elements.contains { $0["state_key"]?.string == carol.name } == false)
        #expect(await failure { try await bob.get("/rooms/\(room)/joined_members") }?.code == .forbidden)
    }

    @Test func `strangers see nothing but world-readable rooms`() async throws {
        let (alice, bob, _, room) = try await room()
        try await alice.say("hidden", in: room)
        for path in ["/state", "/members", "/joined_members", "/state/m.room.name", "/aliases"] {
            #expect(await failure { try await bob.get("/rooms/\(room)\(path)") }?.code == .forbidden)
        }
        #expect(await failure { try await bob.get("/rooms/\(room)/messages", [("dir", "b")]) }?.code == .forbidden)
        let open = try await alice.createRoom([
            "initial_state": [["type": "m.room.history_visibility", "content": ["history_visibility": "world_readable"]]]
        ])
        try await alice.say("open", in: open)
        #expect(bodies(try await bob.get("/rooms/\(open)/messages", [("dir", "b")])["chunk"]) == ["open"])
        #expect(try await bob.get("/rooms/\(open)/state").count > 4)
    }

    @Test func `members are chosen by membership and as they were at a token`() async throws {
        let (alice, bob, carol, room) = try await room()
        let token = try await alice.sync()["next_batch"]?.string ?? ""
        try await bob.join(room)
        try await alice.invite(carol, to: room)
        func names(_ query: [(String, String)]) async throws -> Set<String> {
            Set(try await alice.get("/rooms/\(room)/members", query)["chunk"]?.elements.compactMap { $0["state_key"]?.string } ?? [])
        }
        #expect(try await names([]) == [alice.name, bob.name, carol.name])
        #expect(try await names([("membership", "join")]) == [alice.name, bob.name])
        #expect(try await names([("not_membership", "join")]) == [carol.name])
        #expect(try await names([("at", token)]) == [alice.name])
        #expect(await failure { try await alice.get("/rooms/\(room)/members", [("membership", "guest")]) }?.code == .invalidParam)
    }

    @Test func `a state event tells what it replaced`() async throws {
        let (alice, _, _, room) = try await room()
        let first = try await alice.setState("m.room.topic", ["topic": "one"], in: room)
        let second = try await alice.setState("m.room.topic", ["topic": "two"], in: room)
        let unsigned = try await alice.get("/rooms/\(room)/event/\(second)")["unsigned"]
        #expect(unsigned?["prev_content"]?["topic"]?.string == "one")
        #expect(unsigned?["replaces_state"]?.string == first)
        #expect(unsigned?["membership"]?.string == "join")
        #expect(await failure { try await alice.state("m.room.nothing", in: room) }?.code == .notFound)
    }

    @Test func `redacted content is not told as what went before`() async throws {
        let (alice, _, _, room) = try await room()
        let first = try await alice.setState("m.room.topic", ["topic": "secret"], in: room)
        let second = try await alice.setState("m.room.topic", ["topic": "two"], in: room)
        #expect(try await alice.get("/rooms/\(room)/event/\(second)")["unsigned"]?["prev_content"]?["topic"]?.string == "secret")
        try await alice.put("/rooms/\(room)/redact/\(first)/r", [:])
        #expect(try await alice.get("/rooms/\(room)/event/\(second)")["unsigned"]?["prev_content"]?.count == 0)
    }
}

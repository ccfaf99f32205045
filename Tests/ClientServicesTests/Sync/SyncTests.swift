import MatrixAPI
import MatrixModel
import Testing

@Suite struct SyncTests {
    private func pair(_ body: JSONValue = ["preset": "public_chat"]) async throws -> (alice: Person, bob: Person, room: String) {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        return (alice, try await world.person("bob"), try await alice.createRoom(body))
    }

    private func bodies(_ json: JSON?) -> [String] { json?.elements.compactMap { $0["content"]?["body"]?.string } ?? [] }
    private func token(_ person: Person) async throws -> String { try await person.sync()["next_batch"]?.string ?? "" }
    private func keys(_ events: JSON?) -> Set<String> {
        Set(events?.elements.map { "\($0["type"]?.string ?? "") \($0["state_key"]?.string ?? "")" } ?? [])
    }

    private func has(_ events: JSON?, _ wanted: Set<String>) -> Bool { keys(events).isSuperset(of: wanted) }

    @Test func `an initial sync has the rooms with the state before their timelines`() async throws {
        let (alice, _, room) = try await pair()
        for number in 1...12 { try await alice.say("\(number)", in: room) }
        let joined = try await alice.sync()["rooms"]?["join"]?[room]
        #expect(bodies(joined?["timeline"]?["events"]) == (3...12).map(String.init))
        #expect(joined?["timeline"]?["limited"]?.bool == true)
        #expect(has(joined?["state"]?["events"], ["m.room.create "]))
        #expect(has(joined?["state"]?["events"], ["m.room.member \(alice.name)"]))
        #expect(joined?["summary"]?["m.joined_member_count"]?.integer == 1)
        let earlier = try await alice.get(
            "/rooms/\(room)/messages", [("dir", "b"), ("from", joined?["timeline"]?["prev_batch"]?.string ?? ""), ("limit", "2")])
        #expect(bodies(earlier["chunk"]) == ["2", "1"])
    }

    @Test func `a short room is all timeline`() async throws {
        let (alice, _, room) = try await pair()
        let joined = try await alice.sync([("filter", #"{"room":{"timeline":{"limit":50}}}"#)])["rooms"]?["join"]?[room]
        #expect(joined?["timeline"]?["limited"]?.bool == false)
        #expect(joined?["timeline"]?["events"]?[0]?["type"]?.string == "m.room.create")
        #expect(joined?["state"]?["events"]?.count == 0)
    }

    @Test func `an increment has what is new and nothing else`() async throws {
        let (alice, bob, room) = try await pair()
        try await bob.join(room)
        let since = try await token(bob)
        let idle = try await bob.sync(since: since)
        #expect(idle["rooms"]?["join"]?.count == 0)
        try await alice.say("new", in: room)
        try await alice.setState("m.room.topic", ["topic": "t"], in: room)
        let answer = try await bob.sync(since: since)
        let joined = answer["rooms"]?["join"]?[room]
        #expect(joined?["timeline"]?["events"]?.count == 2)
        #expect(joined?["timeline"]?["limited"]?.bool == false)
        #expect(joined?["state"]?["events"]?.count == 0)
        #expect(joined?["timeline"]?["events"]?[0]?["unsigned"]?["membership"]?.string == "join")
        #expect(joined?["timeline"]?["events"]?[0]?["room_id"] == nil)
        #expect(try await bob.sync(since: answer["next_batch"]?.string)["rooms"]?["join"]?.count == 0)
        // The same token again gives the same.
        #expect(try await bob.sync(since: since)["rooms"]?["join"]?[room]?["timeline"]?["events"]?.count == 2)
        #expect(await failure { try await bob.sync(since: "zebra") }?.code == .invalidParam)
    }

    @Test func `a limited increment tells the state of the gap`() async throws {
        let (alice, bob, room) = try await pair()
        try await bob.join(room)
        let since = try await token(bob)
        try await alice.setState("m.room.topic", ["topic": "in the gap"], in: room)
        for number in 1...15 { try await alice.say("\(number)", in: room) }
        try await alice.setState("m.room.name", ["name": "shown"], in: room)
        let joined = try await bob.sync(since: since)["rooms"]?["join"]?[room]
        #expect(joined?["timeline"]?["limited"]?.bool == true)
        #expect(joined?["timeline"]?["events"]?.count == 10)
        #expect(keys(joined?["state"]?["events"]) == ["m.room.topic "])
        let gap = try await bob.get(
            "/rooms/\(room)/messages",
            [("dir", "b"), ("from", joined?["timeline"]?["prev_batch"]?.string ?? ""), ("to", since), ("limit", "100")])
        #expect(bodies(gap["chunk"]) == (1...6).reversed().map(String.init))
        #expect(gap["end"] == nil)
    }

    @Test(arguments: [("use_state_after", "state_after"), ("org.matrix.msc4222.use_state_after", "org.matrix.msc4222.state_after")])
    func `the state after the timeline has what the timeline changed`(parameter: String, member: String) async throws {
        let (alice, bob, room) = try await pair()
        try await bob.join(room)
        let since = try await token(bob)
        try await alice.setState("m.room.topic", ["topic": "one"], in: room)
        let last = try await alice.setState("m.room.topic", ["topic": "two"], in: room)
        let joined = try await bob.sync(since: since, [(parameter, "true")])["rooms"]?["join"]?[room]
        #expect(joined?["state"] == nil)
        #expect(joined?[member]?["events"]?.count == 1)
        #expect(joined?[member]?["events"]?[0]?["event_id"]?.string == last)
        let whole = try await bob.sync([(parameter, "true")])["rooms"]?["join"]?[room]
        #expect(has(whole?[member]?["events"], ["m.room.create ", "m.room.topic ", "m.room.member \(bob.name)"]))
    }

    @Test func `a room newly joined comes whole`() async throws {
        let (alice, bob, room) = try await pair()
        try await alice.say("before", in: room)
        let since = try await token(bob)
        try await bob.join(room)
        let joined = try await bob.sync(since: since)["rooms"]?["join"]?[room]
        #expect(joined?["timeline"]?["limited"]?.bool == true)
        #expect(bodies(joined?["timeline"]?["events"]) == ["before"])
        let all = keys(joined?["state"]?["events"]).union(keys(joined?["timeline"]?["events"]))
        #expect(all.isSuperset(of: ["m.room.create ", "m.room.power_levels ", "m.room.member \(alice.name)", "m.room.member \(bob.name)"]))
    }

    @Test func `an invitation comes with stripped state, and goes when it is refused`() async throws {
        let (alice, bob, room) = try await pair(["preset": "private_chat", "name": "Den"])
        let since = try await token(bob)
        try await alice.invite(bob, to: room)
        let answer = try await bob.sync(since: since)
        let events = answer["rooms"]?["invite"]?[room]?["invite_state"]?["events"]
        #expect(has(events, ["m.room.create ", "m.room.name ", "m.room.join_rules ", "m.room.member \(bob.name)"]))
        #expect(events?.elements.allSatisfy { Set($0.members.map(\.key)) == ["type", "state_key", "sender", "content"] } == true)
        #expect(try await bob.sync()["rooms"]?["invite"]?.count == 1)
        try await bob.leave(room)
        let after = try await bob.sync(since: answer["next_batch"]?.string)
        #expect(after["rooms"]?["leave"]?[room] != nil)
        #expect(try await bob.sync()["rooms"]?["invite"]?.count == 0)
        #expect(try await bob.sync()["rooms"]?["leave"]?.count == 0)
    }

    @Test func `a knock comes with stripped state`() async throws {
        let (_, bob, room) = try await pair([
            "preset": "private_chat", "initial_state": [["type": "m.room.join_rules", "content": ["join_rule": "knock"]]],
        ])
        try await bob.post("/knock/\(room)")
        #expect(has(try await bob.sync()["rooms"]?["knock"]?[room]?["knock_state"]?["events"], ["m.room.member \(bob.name)"]))
    }

    @Test func `a room that was left ends with the leaving`() async throws {
        let (alice, bob, room) = try await pair()
        try await bob.join(room)
        let since = try await token(bob)
        try await alice.say("seen", in: room)
        try await bob.leave(room)
        try await alice.say("unseen", in: room)
        let answer = try await bob.sync(since: since)
        #expect(answer["rooms"]?["join"]?.count == 0)
        let left = answer["rooms"]?["leave"]?[room]?["timeline"]?["events"]
        #expect(bodies(left) == ["seen"])
        #expect(left?[1]?["content"]?["membership"]?.string == "leave")
        #expect(try await bob.sync(since: answer["next_batch"]?.string)["rooms"]?["leave"]?.count == 0)
        // An initial sync shows it where that is asked for, until it is forgotten.
        #expect(try await bob.sync()["rooms"]?["leave"]?.count == 0)
        let filter = ("filter", #"{"room":{"include_leave":true}}"#)
        let archived = try await bob.sync([filter])["rooms"]?["leave"]?[room]
        #expect(bodies(archived?["timeline"]?["events"]) == ["seen"])
        try await bob.post("/rooms/\(room)/forget")
        #expect(try await bob.sync([filter])["rooms"]?["leave"]?.count == 0)
    }

    @Test func `who is kicked or banned is told`() async throws {
        let (alice, bob, room) = try await pair()
        try await bob.join(room)
        let since = try await token(bob)
        try await alice.post("/rooms/\(room)/ban", ["user_id": .string(bob.name)])
        let left = try await bob.sync(since: since)["rooms"]?["leave"]?[room]?["timeline"]?["events"]
        #expect(left?[0]?["content"]?["membership"]?.string == "ban")
    }

    @Test func `lazy loading sends the senders, and not twice`() async throws {
        let (alice, bob, room) = try await pair()
        let carol = try await alice.world.person("carol")
        try await bob.join(room)
        try await carol.join(room)
        for number in 1...12 { try await alice.say("\(number)", in: room) }
        let filter = ("filter", #"{"room":{"state":{"lazy_load_members":true}}}"#)
        let first = try await bob.sync([filter])
        let state = keys(first["rooms"]?["join"]?[room]?["state"]?["events"])
        #expect(state.contains("m.room.member \(alice.name)"))
        #expect(state.contains("m.room.member \(bob.name)"))
        #expect(state.contains("m.room.create "))

        // A fourth person's heroes are the first five others, so that a room of seven leaves some out.
        let since = first["next_batch"]?.string
        try await alice.say("again", in: room)
        #expect(try await bob.sync(since: since, [filter])["rooms"]?["join"]?[room]?["state"]?["events"]?.count == 0)
        let redundant = ("filter", #"{"room":{"state":{"lazy_load_members":true,"include_redundant_members":true}}}"#)
        #expect(keys(try await bob.sync(since: since, [redundant])["rooms"]?["join"]?[room]?["state"]?["events"]) == ["m.room.member \(alice.name)"])
    }

    @Test func `lazy loading leaves silent members out`() async throws {
        let (alice, bob, room) = try await pair()
        for name in ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "zed"] { try await alice.world.person(name).join(room) }
        try await bob.join(room)
        for number in 1...12 { try await alice.say("\(number)", in: room) }
        let filter = ("filter", #"{"room":{"state":{"lazy_load_members":true}}}"#)
        let first = try await bob.sync([filter])
        #expect(!has(first["rooms"]?["join"]?[room]?["state"]?["events"], ["m.room.member @zed:here.example"]))
        let zed = Person(world: alice.world, caller: .init(user: RoomWorld.user("zed"), device: "Z", tokenID: 9, address: ""))
        try await zed.say("hello", in: room)
        let next = try await bob.sync(since: first["next_batch"]?.string, [filter])
        #expect(keys(next["rooms"]?["join"]?[room]?["state"]?["events"]) == ["m.room.member @zed:here.example"])
        // An answer that was lost is made good.
        #expect(
            keys(try await bob.sync(since: first["next_batch"]?.string, [filter])["rooms"]?["join"]?[room]?["state"]?["events"])
                == ["m.room.member @zed:here.example"])
    }

    @Test func `the sending device is told its transaction, others are not`() async throws {
        let (alice, bob, room) = try await pair()
        try await bob.join(room)
        let since = try await token(alice)
        try await alice.say("mine", in: room, transaction: "txn-1")
        func transaction(_ person: Person) async throws -> String? {
            try await person.sync(since: since)["rooms"]?["join"]?[room]?["timeline"]?["events"]?[0]?["unsigned"]?["transaction_id"]?.string
        }
        #expect(try await transaction(alice) == "txn-1")
        #expect(try await transaction(alice.device("OTHER")) == nil)
        #expect(try await transaction(bob) == nil)
    }

    @Test func `account data comes once, of the account and of rooms`() async throws {
        let (alice, bob, room) = try await pair()
        try await bob.join(room)
        let since = try await token(alice)
        try await alice.world.setAccountData("org.example.global", ["a": 1], of: alice.user)
        try await alice.world.setAccountData("m.tag", ["tags": [:]], room: room, of: alice.user)
        let answer = try await alice.sync(since: since)
        #expect(keys(answer["account_data"]?["events"]) == ["org.example.global "])
        #expect(keys(answer["rooms"]?["join"]?[room]?["account_data"]?["events"]) == ["m.tag "])
        #expect(try await alice.sync(since: answer["next_batch"]?.string)["account_data"]?["events"]?.count == 0)
        #expect(keys(try await alice.sync()["rooms"]?["join"]?[room]?["account_data"]?["events"]) == ["m.tag "])
        #expect(try await bob.sync(since: since)["account_data"]?["events"]?.count == 0)
        #expect(try await alice.sync(since: since, [("filter", #"{"account_data":{"not_types":["org.*"]}}"#)])["account_data"]?["events"]?.count == 0)
    }

    @Test func `ignored people's messages and invitations are kept away, their state is not`() async throws {
        let (alice, bob, room) = try await pair()
        try await bob.join(room)
        try await alice.world.setAccountData("m.ignored_user_list", ["ignored_users": .object([alice.name: [:]])], of: bob.user)
        let since = try await token(bob)
        try await alice.say("spam", in: room)
        try await alice.setState("m.room.topic", ["topic": "t"], in: room)
        _ = try await alice.createRoom(["invite": [.string(bob.name)]])
        let answer = try await bob.sync(since: since)
        #expect(keys(answer["rooms"]?["join"]?[room]?["timeline"]?["events"]) == ["m.room.topic "])
        #expect(answer["rooms"]?["invite"]?.count == 0)
    }

    @Test func `full state comes on demand, at once`() async throws {
        let (alice, _, room) = try await pair()
        let since = try await token(alice)
        let answer = try await alice.sync(since: since, [("full_state", "true"), ("timeout", "30000")])
        #expect(has(answer["rooms"]?["join"]?[room]?["state"]?["events"], ["m.room.create "]))
        #expect(answer["rooms"]?["join"]?[room]?["timeline"]?["events"]?.count == 0)
    }

    @Test func `filters choose rooms and events`() async throws {
        let (alice, _, room) = try await pair()
        let other = try await alice.createRoom()
        try await alice.say("x", in: room)
        let rooms = try await alice.sync([
            ("filter", #"{"room":{"not_rooms":["\#(other)"],"state":{"types":[]},"timeline":{"types":["m.room.message"]}}}"#)
        ])[
            "rooms"]?["join"]
        #expect(rooms?.count == 1)
        #expect(rooms?[room]?["state"]?["events"]?.count == 0)
        #expect(bodies(rooms?[room]?["timeline"]?["events"]) == ["x"])
        let raw = try await alice.sync([("filter", #"{"event_format":"federation","room":{"rooms":["\#(room)"]}}"#)])["rooms"]?["join"]?[room]
        #expect(raw?["timeline"]?["events"]?[0]?["auth_events"] != nil)
        #expect(await failure { try await alice.sync([("filter", "{")]) }?.status == 400)
        #expect(await failure { try await alice.sync([("filter", "77")]) }?.status == 400)
    }

    @Test func `a waiting sync is answered when something concerns the person`() async throws {
        let (alice, bob, room) = try await pair()
        try await bob.join(room)
        let carol = try await alice.world.person("carol")
        let since = try await token(bob)
        let idle = try await token(carol)
        let elsewhere = try await alice.createRoom()
        // The world's clock sleeps for an hour: only news can end these waits in time.
        async let message = bob.sync(since: since, [("timeout", "30000")])
        async let invitation = carol.sync(since: idle, [("timeout", "30000")])
        try await alice.say("private", in: elsewhere)
        try await alice.say("hello", in: room)
        try await alice.invite(carol, to: room)
        #expect(bodies(try await message["rooms"]?["join"]?[room]?["timeline"]?["events"]) == ["hello"])
        #expect(try await invitation["rooms"]?["invite"]?[room] != nil)
    }

    @Test func `a waiting sync is answered by typing and receipts`() async throws {
        let (alice, bob, room) = try await pair()
        try await bob.join(room)
        let event = try await alice.say("x", in: room)
        let since = try await token(bob)
        async let typing = bob.sync(since: since, [("timeout", "30000")])
        try await alice.put("/rooms/\(room)/typing/\(alice.name)", ["typing": true])
        let answer = try await typing
        #expect(answer["rooms"]?["join"]?[room]?["ephemeral"]?["events"]?[0]?["type"]?.string == "m.typing")
        async let receipt = bob.sync(since: answer["next_batch"]?.string, [("timeout", "30000")])
        try await alice.post("/rooms/\(room)/receipt/m.read/\(event)")
        #expect(try await receipt["rooms"]?["join"]?[room]?["ephemeral"]?["events"]?[0]?["type"]?.string == "m.receipt")
    }

    @Test func `event fields are chosen by path`() async throws {
        let (alice, _, room) = try await pair()
        try await alice.put("/rooms/\(room)/send/m.room.message/f", ["body": "b", "msgtype": "m.text", "a.b": ["c": 1, "d": 2]])
        let filter = #"{"event_fields":["type","content.body","content.a\\.b.c","nothing.here"]}"#
        let events = try await alice.sync([("filter", filter)])["rooms"]?["join"]?[room]?["timeline"]?["events"]
        #expect(events?.elements.map(\.value).last == ["type": "m.room.message", "content": ["body": "b", "a.b": ["c": 1]]])
    }

    @Test func `the members of a named room are not its heroes`() async throws {
        let (alice, bob, room) = try await pair(["preset": "public_chat", "name": "Named"])
        let carol = try await alice.world.person("carol")
        try await bob.join(room)
        try await carol.join(room)
        for number in 1...12 { try await alice.say("\(number)", in: room) }
        let joined = try await bob.sync([("filter", #"{"room":{"state":{"lazy_load_members":true}}}"#)])["rooms"]?["join"]?[room]
        #expect(joined?["summary"]?["m.heroes"] == nil)
        #expect(!has(joined?["state"]?["events"], ["m.room.member \(carol.name)"]))
        #expect(has(joined?["state"]?["events"], ["m.room.member \(alice.name)", "m.room.member \(bob.name)"]))
    }
}

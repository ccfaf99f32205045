import MatrixAPI
import MatrixModel
import Testing

/// What is told of rooms: first, then by increments.
@Suite struct SlidingRoomTests {
    private func pair() async throws -> (alice: Person, bob: Person, room: String) {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat", "name": "Named"])
        try await bob.join(room)
        return (alice, bob, room)
    }

    @Test func `the first answer has the newest rooms, with all that is asked for`() async throws {
        let (alice, bob, room) = try await pair()
        let other = try await alice.createRoom()
        for number in 1...3 { try await bob.say("\(number)", in: room) }
        var client = SlidingClient(alice)
        let answer = try await client.sync(
            SlidingClient.list(0...0, limit: 2, state: [["m.room.create", ""], ["m.room.member", "$LAZY"], ["m.room.member", "$ME"]]))
        #expect(answer["lists"]?["all"]?["count"]?.integer == 2)
        #expect(answer.toldRooms == [room])
        let told = try #require(answer["rooms"]?[room])
        #expect(told["initial"]?.bool == true)
        #expect(told["name"]?.string == "Named")
        #expect(told["heroes"] == nil)
        #expect(told["joined_count"]?.integer == 2)
        #expect(told["invited_count"]?.integer == 0)
        #expect(told["membership"]?.string == "join")
        #expect(told["notification_count"]?.integer != nil)
        #expect(told["bump_stamp"]?.integer ?? 0 > 0)
        #expect(told["lists"]?.value == ["all"])
        #expect(told.bodies == ["2", "3"])
        #expect(told["limited"]?.bool == true)
        #expect(told["num_live"]?.integer == 0)
        #expect(told.slots == ["m.room.create|", "m.room.member|\(alice.name)", "m.room.member|\(bob.name)"])
        let earlier = try await alice.get(
            "/rooms/\(room)/messages", [("dir", "b"), ("from", told["prev_batch"]?.string ?? ""), ("limit", "1")])
        #expect(earlier["chunk"]?[0]?["content"]?["body"]?.string == "1")
        // "A `pos` token can be used in `/messages`".
        let newest = try await alice.get("/rooms/\(room)/messages", [("dir", "b"), ("from", client.position ?? ""), ("limit", "1")])
        #expect(newest["chunk"]?[0]?["content"]?["body"]?.string == "3")
        #expect(try await client.sync(SlidingClient.list(0...1, limit: 2, state: [["m.room.create", ""]])).toldRooms == [other])
    }

    @Test func `an increment has what is new and nothing else`() async throws {
        let (alice, bob, room) = try await pair()
        var client = SlidingClient(alice)
        let state: JSONValue = [["m.room.topic", ""], ["m.room.member", "$LAZY"]]
        let body = SlidingClient.list(limit: 10, state: state)
        try await client.sync(body)
        #expect(try await client.sync(body).toldRooms == [])
        try await bob.say("new", in: room)
        let topic = try await alice.setState("m.room.topic", ["topic": "t"], in: room)
        try await alice.setState("m.room.name", ["name": "Other"], in: room)
        let told = try await client.sync(body)["rooms"]?[room]
        #expect(told?["initial"] == nil)
        #expect(told?.bodies == ["new"])
        #expect(told?["timeline"]?.count == 3)
        #expect(told?["num_live"]?.integer == 3)
        #expect(told?["limited"]?.bool == false)
        #expect(told?["name"]?.string == "Other")
        #expect(told?["joined_count"] == nil)
        #expect(told?["membership"] == nil)
        #expect(told?["required_state"]?[0]?["event_id"]?.string == topic)
        try await alice.setState("m.room.name", [:], in: room)
        let unnamed = try await client.sync(body)["rooms"]?[room]
        #expect(unnamed?["name"]?.isNull == true)
        #expect(unnamed?["heroes"]?[0]?["user_id"]?.string == bob.name)
        #expect(unnamed?["bump_stamp"] == nil, "a name is no message")
        #expect(try await client.sync(body).toldRooms == [])
    }

    @Test func `a lost answer is told again, and older ones are unknown`() async throws {
        let (alice, bob, room) = try await pair()
        var client = SlidingClient(alice)
        try await client.sync()
        let first = client.position
        try await bob.say("one", in: room)
        #expect(try await client.ask()["rooms"]?[room]?.bodies == ["one"])
        try await bob.say("two", in: room)
        #expect(try await client.ask()["rooms"]?[room]?.bodies == ["one", "two"])
        try await client.sync()
        let second = client.position
        try await bob.say("three", in: room)
        #expect(try await client.sync()["rooms"]?[room]?.bodies == ["three"])
        client.position = second
        #expect(try await client.sync()["rooms"]?[room]?.bodies == ["three"])
        client.position = first
        #expect(await failure { try await client.ask() }?.code.rawValue == "M_UNKNOWN_POS")
    }

    @Test func `positions are of one user, device and connection`() async throws {
        let (alice, bob, _) = try await pair()
        var client = SlidingClient(alice)
        try await client.sync()
        var other = SlidingClient(bob)
        other.position = client.position
        #expect(await failure { try await other.ask() }?.code.rawValue == "M_UNKNOWN_POS")
        other = SlidingClient(alice.device("OTHER"))
        other.position = client.position
        #expect(await failure { try await other.ask() }?.code.rawValue == "M_UNKNOWN_POS")
        other = SlidingClient(alice, connection: "second")
        other.position = client.position
        #expect(await failure { try await other.ask() }?.code.rawValue == "M_UNKNOWN_POS")
        other.position = "zebra"
        let error = await failure { try await other.ask() }
        #expect(error?.status == 400 && error?.code.rawValue == "M_UNKNOWN_POS")
        // The same connection begun anew ends the old one.
        var again = SlidingClient(alice)
        try await again.sync()
        #expect(await failure { try await client.ask() }?.code.rawValue == "M_UNKNOWN_POS")
    }

    @Test func `connections live on over a restart`() async throws {
        let (alice, bob, room) = try await pair()
        var client = SlidingClient(alice)
        try await client.sync()
        let world = try await alice.world.restarted()
        client.person = Person(world: world, caller: alice.caller)
        #expect(try await client.sync().toldRooms == [])
        try await Person(world: world, caller: bob.caller).say("after", in: room)
        let told = try await client.sync()["rooms"]?[room]
        #expect(told?.bodies == ["after"])
        #expect(told?["initial"] == nil)
    }

    @Test func `a room that left the window is told of what was missed`() async throws {
        let (alice, bob, room) = try await pair()
        var rooms = [room]
        for _ in 0..<2 { rooms.append(try await alice.createRoom()) }
        var client = SlidingClient(alice)
        let body = SlidingClient.list(0...0, limit: 2, state: [["m.room.topic", ""]])
        try await alice.say("up", in: room)
        #expect(try await client.sync(body).toldRooms == [room])
        try await alice.say("hides it", in: rooms[1])
        #expect(try await client.sync(body).toldRooms == [rooms[1]])
        try await alice.setState("m.room.topic", ["topic": "t"], in: room)
        for number in 1...3 { try await bob.say("\(number)", in: room) }
        try await alice.say("hides it again", in: rooms[2])
        #expect(try await client.sync(body).toldRooms == [rooms[2]])
        let told = try await client.sync(SlidingClient.list(0...1, limit: 2, state: [["m.room.topic", ""]]))["rooms"]?[room]
        #expect(told?["initial"] == nil)
        #expect(told?.bodies == ["2", "3"])
        #expect(told?["limited"]?.bool == true)
        #expect(told?["num_live"]?.integer == 0, "they were there before the last answer")
        #expect(told?.slots == ["m.room.topic|"])
    }

    @Test func `what was read while the room was out of sight is not unread`() async throws {
        let (alice, bob, room) = try await pair()
        let other = try await alice.createRoom()
        let newest = try await bob.say("unread", in: room)
        var client = SlidingClient(alice)
        let first = try await client.sync(SlidingClient.list(0...0))
        #expect(first["rooms"]?[room]?["notification_count"]?.integer == 1)
        try await alice.say("hides it", in: other)
        try await client.sync(SlidingClient.list(0...0))
        try await alice.post("/rooms/\(room)/receipt/m.read.private/\(newest)")
        #expect(try await client.sync(SlidingClient.list(0...0)).toldRooms == [])
        let told = try await client.sync(SlidingClient.list(0...1))["rooms"]?[room]
        #expect(told?["notification_count"]?.integer == 0)
        #expect(told?["timeline"] == nil)
        #expect(try await client.sync(SlidingClient.list(0...1)).toldRooms == [])
    }

    @Test func `a longer timeline is told at once where the client has not all of it`() async throws {
        let (alice, bob, room) = try await pair()
        for number in 1...5 { try await bob.say("\(number)", in: room) }
        var client = SlidingClient(alice)
        try await client.sync(SlidingClient.list(limit: 1))
        var body = SlidingClient.list(limit: 1)
        body["room_subscriptions"] = [room: ["timeline_limit": 4, "required_state": [["m.room.create", ""]]]]
        let told = try await client.sync(body)["rooms"]?[room]
        #expect(told?["unstable_expanded_timeline"]?.bool == true)
        #expect(told?["initial"] == nil)
        #expect(told?.bodies == ["2", "3", "4", "5"])
        #expect(told?["num_live"]?.integer == 0)
        #expect(told?.slots == ["m.room.create|"], "what is demanded beyond what was")
        #expect(try await client.sync(body).toldRooms == [])
        // The client has these four: less is no reason to send any again.
        try await client.sync(SlidingClient.list(limit: 1))
        #expect(try await client.sync(SlidingClient.list(limit: 3)).toldRooms == [])
    }

    @Test func `lazy loading sends each member once`() async throws {
        let (alice, bob, room) = try await pair()
        let body = SlidingClient.list(limit: 3, state: [["*", "*"], ["m.room.member", "$LAZY"]])
        let carol = try await alice.world.person("carol")
        try await carol.join(room)
        for number in 1...3 { try await bob.say("\(number)", in: room) }
        var client = SlidingClient(alice)
        let first = try await client.sync(body)["rooms"]?[room]
        #expect(first?.slots.contains("m.room.create|") == true)
        #expect(first?.slots.contains("m.room.member|\(bob.name)") == true)
        #expect(first?.slots.contains("m.room.member|\(carol.name)") == false)
        try await bob.say("4", in: room)
        #expect(try await client.sync(body)["rooms"]?[room]?.slots == [])
        try await carol.say("5", in: room)
        #expect(try await client.sync(body)["rooms"]?[room]?.slots == ["m.room.member|\(carol.name)"])
        // A membership that changes is told without the timeline's need; after a gap, senders are told again.
        let dave = try await alice.world.person("dave")
        try await alice.invite(dave, to: room)
        let invited = try await client.sync(body)["rooms"]?[room]
        #expect(invited?.slots == ["m.room.member|\(dave.name)", "m.room.member|\(alice.name)"])
        #expect(invited?["invited_count"]?.integer == 1)
        for number in 1...4 { try await bob.say("\(number)", in: room) }
        #expect(try await client.sync(body)["rooms"]?[room]?.slots == ["m.room.member|\(bob.name)"])
    }

    @Test func `invitations, leaving and removal`() async throws {
        let (alice, bob, room) = try await pair()
        let secret = try await alice.createRoom(["preset": "private_chat", "name": "Secret"])
        var client = SlidingClient(bob)
        let body = SlidingClient.list(state: [["m.room.member", "$ME"]])
        try await client.sync(body)
        try await alice.invite(bob, to: secret)
        let invited = try await client.sync(body)["rooms"]?[secret]
        #expect(invited?["initial"]?.bool == true)
        #expect(invited?["membership"]?.string == "invite")
        let stripped = invited?["invite_state"]?.elements.compactMap { $0["type"]?.string } ?? []
        #expect(stripped.contains("m.room.name"))
        #expect(invited?["timeline"] == nil && invited?["name"] == nil)
        try await bob.join(secret)
        let joined = try await client.sync(body)["rooms"]?[secret]
        #expect(joined?["initial"]?.bool == true)
        #expect(joined?["membership"]?.string == "join")
        #expect(joined?["name"]?.string == "Secret")
        try await alice.say("last", in: room)
        try await alice.post("/rooms/\(room)/kick", ["user_id": .string(bob.name)])
        try await alice.say("not for bob", in: room)
        let kicked = try await client.sync(body)["rooms"]?[room]
        #expect(kicked?["membership"]?.string == "leave")
        #expect(kicked?.bodies == ["last"])
        #expect(kicked?["timeline"]?.count == 2)
        #expect(kicked?["joined_count"] == nil)
        #expect(kicked?.slots == ["m.room.member|\(bob.name)"])
        #expect(try await client.sync(body).toldRooms == [])
        try await bob.leave(secret)
        #expect(try await client.sync(body)["rooms"]?[secret]?["membership"]?.string == "leave")
        // A client that begins now is told of the removal, not of what bob left.
        var fresh = SlidingClient(bob, connection: "fresh")
        let answer = try await fresh.sync(body)
        #expect(answer.toldRooms == [room])
        #expect(answer["rooms"]?[room]?.bodies.last == "last")
        try await bob.post("/rooms/\(room)/forget")
        #expect(try await fresh.sync(body)["lists"]?["all"]?["count"]?.integer == 0)
    }

    @Test func `a rejected invitation and a ban of a stranger`() async throws {
        let (alice, bob, _) = try await pair()
        let secret = try await alice.createRoom(["preset": "private_chat"])
        let carol = try await alice.world.person("carol")
        try await alice.post("/rooms/\(secret)/ban", ["user_id": .string(carol.name)])
        #expect(try await SlidingClient(carol).ask()["lists"]?["all"]?["count"]?.integer == 0)
        try await alice.invite(bob, to: secret)
        var client = SlidingClient(bob)
        try await client.sync()
        try await bob.leave(secret)
        let told = try await client.sync()["rooms"]?[secret]
        #expect(told?["membership"]?.string == "leave")
        #expect(told?["invite_state"] == nil)
        #expect(told?["required_state"]?[0]?["content"]?["membership"]?.string == "leave")
        #expect(try await SlidingClient(bob, connection: "fresh").ask().toldRooms.contains(secret) == false)
        // What a person is not and never was in, no subscription shows.
        let body: JSONValue = ["room_subscriptions": [secret: ["timeline_limit": 5]]]
        #expect(try await SlidingClient(carol, connection: "s").ask(body).toldRooms == [])
    }

    @Test func `direct rooms are marked when account data says so`() async throws {
        let (alice, bob, room) = try await pair()
        var client = SlidingClient(alice)
        #expect(try await client.sync()["rooms"]?[room]?["is_dm"] == nil)
        try await alice.world.setAccountData("m.direct", [bob.name: [.string(room)]], of: alice.user)
        let told = try await client.sync()["rooms"]?[room]
        #expect(told?["is_dm"]?.bool == true)
        #expect(told?["timeline"] == nil)
        try await alice.world.setAccountData("m.direct", [:], of: alice.user)
        #expect(try await client.sync()["rooms"]?[room]?["is_dm"]?.bool == false)
    }

    @Test func `the final path has the final names`() async throws {
        let (alice, bob, room) = try await pair()
        for number in 1...3 { try await bob.say("\(number)", in: room) }
        let secret = try await alice.createRoom(["preset": "private_chat", "invite": [.string(bob.name)]])
        var client = SlidingClient(bob, path: SlidingClient.stable)
        func body(_ limit: Int) -> JSONValue {
            [
                "txn_id": "t",
                "lists": [
                    "all": [
                        "range": [0, 9], "timeline_limit": .integer(limit),
                        "required_state": ["include": [[:]], "exclude": [["type": "m.room.create"]], "lazy_members": true],
                    ]
                ],
            ]
        }
        var request = body(1)
        let first = try await client.sync(request)
        #expect(first["txn_id"]?.string == "t")
        #expect(first["rooms"]?[secret]?["stripped_state"]?.count ?? 0 > 0)
        #expect(first["rooms"]?[room]?.slots.contains("m.room.join_rules|") == true)
        #expect(first["rooms"]?[room]?.slots.contains("m.room.create|") == false)
        #expect(first["rooms"]?[room]?.slots.contains("m.room.member|\(alice.name)") == false)
        // Everything in the body.
        request = body(3)
        request["pos"] = .string(client.position ?? "")
        request["conn_id"] = "main"
        let answer = try await bob.world.call(.user(bob.caller), .post, SlidingClient.stable, body: request)
        #expect(answer["rooms"]?[room]?["expanded_timeline"]?.bool == true)
    }

    @Test func `what a state event replaced is told with it, to whoever begins first and again`() async throws {
        let alice = try await RoomWorld().person("alice")
        let room = try await alice.createRoom(["name": "Named"])
        for number in 0..<3 { try await alice.setState("m.room.topic", ["topic": .string("\(number)")], in: room) }
        try await alice.say("hello", in: room)
        func topics(_ answer: JSON) -> [String?] {
            let events = answer["rooms"]?[room]?["required_state"]?.elements.map { $0 } ?? []
            return events.map { $0["unsigned"]?["prev_content"]?["topic"]?.string }
        }
        let body = SlidingClient.list(limit: 1, state: [["m.room.topic", ""]])
        for connection in ["first", "second"] {
            let answer = try await SlidingClient(alice, connection: connection).ask(body)
            #expect(topics(answer) == ["1"])
            #expect(answer["rooms"]?[room]?["required_state"]?[0]?["unsigned"]?["age"]?.integer != nil)
        }
        try await alice.setState("m.room.topic", ["topic": "3"], in: room)
        let changed = try await SlidingClient(alice, connection: "third").ask(body)
        #expect(topics(changed) == ["2"])
        let created = try await SlidingClient(alice, connection: "fourth").ask(SlidingClient.list(limit: 1, state: [["m.room.create", ""]]))
        #expect(topics(created) == [nil])
    }

    @Test func `who begins again is told what changed meanwhile`() async throws {
        let world = try await RoomWorld()
        let (alice, bob) = (try await world.person("alice"), try await world.person("bob"))
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        let event = try await alice.say("first", in: room)
        func begin(_ person: Person) async throws -> JSON? {
            try await SlidingClient(person).ask(SlidingClient.list(limit: 1, state: [["m.room.name", ""]]))["rooms"]?[room]
        }
        #expect(try await begin(alice)?.bodies == ["first"])
        #expect(try await begin(bob)?["notification_count"]?.integer == 1)
        // The transaction's name is for the device that sent it alone.
        let own = try await begin(alice)?["timeline"]?[0]?["unsigned"]?["transaction_id"]?.string
        #expect(own != nil)
        let other = try await SlidingClient(alice.device("OTHER")).ask(SlidingClient.list(limit: 1))["rooms"]?[room]
        #expect(other?.bodies == ["first"] && other?["timeline"]?[0]?["unsigned"]?["transaction_id"] == nil)
        try await bob.post("/rooms/\(room)/receipt/m.read/\(event)")
        #expect(try await begin(bob)?["notification_count"]?.integer == 0)
        try await alice.setState("m.room.name", ["name": "Named"], in: room)
        let named = try await begin(bob)
        #expect(named?["name"]?.string == "Named" && named?.slots == ["m.room.name|"])
        try await world.setAccountData("m.ignored_user_list", ["ignored_users": [alice.name: [:]]], of: bob.user)
        try await alice.say("unheard", in: room)
        #expect(try await begin(bob)?.bodies.isEmpty == true)
        try await world.setAccountData("m.ignored_user_list", ["ignored_users": [:]], of: bob.user)
        #expect(try await begin(bob)?.bodies == ["unheard"])
        try await world.setAccountData("m.direct", [alice.name: [.string(room)]], of: bob.user)
        #expect(try await begin(bob)?["is_dm"]?.bool == true)
    }
}

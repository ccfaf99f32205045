import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage
import Testing

/// What comes besides rooms.
@Suite struct SlidingExtensionTests {
    private func pair() async throws -> (alice: Person, bob: Person, rooms: [String]) {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        var rooms: [String] = []
        for _ in 0..<3 {
            rooms.append(try await alice.createRoom(["preset": "public_chat"]))
            try await bob.join(rooms[rooms.count - 1])
        }
        return (alice, bob, rooms)
    }

    private func body(_ range: ClosedRange<Int>, _ extensions: JSONValue) -> JSONValue {
        var body = SlidingClient.list(range)
        body["extensions"] = extensions
        return body
    }

    private func message(_ text: String, to person: Person) async throws {
        let feed = person.world.feed
        let (user, device) = (person.user, person.caller.device ?? "")
        let message: JSONValue = ["type": "x", "sender": "@a:b", "content": ["body": .string(text)]]
        let bytes = message.bytes()
        try await person.world.database.write({ transaction in
            let position = try Positions.next(transaction)
            try DeviceMessageStore(transaction).add(bytes, to: device, of: user, position: position)
            return position
        }) { feed.publish(Change(position: $0, kind: .users([user]))) }
    }

    private func texts(_ answer: JSON) -> [String] {
        answer["extensions"]?["to_device"]?["events"]?.elements.compactMap { $0["content"]?["body"]?.string } ?? []
    }

    @Test func `messages for the device come until they are acknowledged`() async throws {
        let (alice, _, _) = try await pair()
        try await alice.world.ensureDevice(alice)
        var client = SlidingClient(alice, connection: "encryption")
        func body(_ since: String?, limit: Int = 2) -> JSONValue {
            var config: JSONValue = ["enabled": true, "limit": .integer(limit)]
            if let since { config["since"] = .string(since) }
            return ["extensions": ["to_device": config, "e2ee": ["enabled": true]]]
        }
        let first = try await client.sync(body(nil))
        #expect(first["extensions"]?["to_device"]?["next_batch"]?.string != nil)
        #expect(first["extensions"]?["e2ee"]?["device_one_time_keys_count"]?.isObject == true)
        #expect(first["extensions"]?["e2ee"]?["device_unused_fallback_key_types"]?.isArray == true)
        let since = first["extensions"]?["to_device"]?["next_batch"]?.string
        for text in ["1", "2", "3"] { try await message(text, to: alice) }
        let second = try await client.sync(body(since))
        #expect(texts(second) == ["1", "2"])
        // Without the new token, the client does not have them, whatever its position is.
        #expect(texts(try await client.sync(body(since))) == ["1", "2"])
        let next = second["extensions"]?["to_device"]?["next_batch"]?.string
        #expect(texts(try await client.sync(body(next))) == ["3"])
        // Acknowledged messages are gone for good.
        let waiting = try await alice.world.database.read { try DeviceMessageStore($0).extent(for: alice.caller.device ?? "", of: alice.user) }
        #expect(waiting?.first == waiting?.last)
        #expect(texts(try await client.sync(body(since, limit: 9))) == ["3"])
    }

    @Test func `a waiting encryption connection is woken by messages alone`() async throws {
        let (alice, bob, rooms) = try await pair()
        try await bob.world.ensureDevice(bob)
        var client = SlidingClient(bob, connection: "encryption")
        let body: JSONValue = ["extensions": ["to_device": ["enabled": true]]]
        try await client.sync(body)
        let waiting = client
        async let answer = waiting.ask(body, timeout: 30_000)
        try await alice.say("no news for this connection", in: rooms[0])
        try await message("wake up", to: bob)
        #expect(texts(try await answer) == ["wake up"])
    }

    @Test func `device lists tell of those who share rooms anew`() async throws {
        let (alice, bob, _) = try await pair()
        let carol = try await alice.world.person("carol")
        var client = SlidingClient(bob)
        let body: JSONValue = ["extensions": ["e2ee": ["enabled": true]]]
        try await client.sync(body)
        let room = try await carol.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        let answer = try await client.sync(body)
        #expect(answer["extensions"]?["e2ee"]?["device_lists"]?["changed"]?.value == [.string(carol.name)])
        #expect(try await client.sync(body)["extensions"]?["e2ee"]?["device_lists"] == nil)
        _ = alice
    }

    @Test func `account data comes once, of rooms in scope`() async throws {
        let (alice, _, rooms) = try await pair()
        let world = alice.world
        try await world.setAccountData("a.global", ["v": 1], of: alice.user)
        for room in rooms { try await world.setAccountData("a.room", ["v": 1], room: room, of: alice.user) }
        var client = SlidingClient(alice)
        let config: JSONValue = ["account_data": ["enabled": true]]
        func told(_ answer: JSON) -> (global: [String], rooms: [String]) {
            let data = answer["extensions"]?["account_data"]
            return (data?["global"]?.elements.compactMap { $0["type"]?.string } ?? [], data?["rooms"]?.members.map(\.key).sorted() ?? [])
        }
        let first = told(try await client.sync(body(0...0, config)))
        #expect(first.global.contains("a.global"))
        #expect(first.rooms == [rooms[2]])
        let second = told(try await client.sync(body(0...0, config)))
        #expect(second.global.isEmpty && second.rooms.isEmpty)
        try await world.setAccountData("a.global", ["v": 2], of: alice.user)
        try await world.setAccountData("a.room", ["v": 2], room: rooms[2], of: alice.user)
        let third = try await client.sync(body(0...0, config))
        #expect(told(third).global == ["a.global"])
        #expect(third["extensions"]?["account_data"]?["rooms"]?[rooms[2]]?[0]?["content"]?["v"]?.integer == 2)
        // What changes while the room is out of sight is told when it is back, though nothing else of it is.
        try await alice.say("hides it", in: rooms[1])
        try await world.setAccountData("a.room", ["v": 3], room: rooms[2], of: alice.user)
        #expect(told(try await client.sync(body(0...0, config))).rooms == [rooms[1]])
        let back = try await client.sync(body(0...2, config))
        #expect(told(back).rooms == [rooms[0], rooms[2]].sorted())
        #expect(back["extensions"]?["account_data"]?["rooms"]?[rooms[2]]?[0]?["content"]?["v"]?.integer == 3)
        #expect(back.toldRooms == [rooms[0]])
        // An extension that was off in between tells everything anew.
        try await client.sync(body(0...2, [:]))
        #expect(told(try await client.sync(body(0...2, config))).rooms == rooms.sorted())
        // Of no list, and of subscriptions, of which there are none.
        let none: JSONValue = ["account_data": ["enabled": true, "lists": [], "rooms": ["*"]]]
        try await world.setAccountData("a.room", ["v": 4], room: rooms[2], of: alice.user)
        #expect(told(try await client.sync(body(0...2, none))).rooms.isEmpty)
        #expect(told(try await client.sync(body(0...2, config))).rooms == [rooms[2]])
    }

    @Test func `receipts are told of shown events, then as they come`() async throws {
        let (alice, bob, rooms) = try await pair()
        let old = try await alice.say("old", in: rooms[2])
        for number in 0..<3 { try await alice.say("\(number)", in: rooms[2]) }
        let newest = try await alice.say("newest", in: rooms[2])
        let carol = try await alice.world.person("carol")
        try await carol.join(rooms[2])
        try await carol.post("/rooms/\(rooms[2])/receipt/m.read/\(old)")
        try await bob.post("/rooms/\(rooms[2])/receipt/m.read/\(newest)")
        try await alice.post("/rooms/\(rooms[2])/receipt/m.read.private/\(old)")
        var client = SlidingClient(alice)
        var body = SlidingClient.list(0...0, limit: 2)
        body["extensions"] = ["receipts": ["enabled": true]]
        func told(_ answer: JSON, _ room: String) -> JSON? { answer["extensions"]?["receipts"]?["rooms"]?[room]?["content"] }
        let first = told(try await client.sync(body), rooms[2])
        #expect(first?[newest]?["m.read"]?[bob.name] != nil)
        #expect(first?[old]?["m.read"] == nil, "an event that is not shown")
        #expect(first?[old]?["m.read.private"]?[alice.name] != nil, "the person's own")
        #expect(told(try await client.sync(body), rooms[2]) == nil)
        try await carol.post("/rooms/\(rooms[2])/receipt/m.read/\(newest)")
        let readers = told(try await client.sync(body), rooms[2])?[newest]?["m.read"]?.value
        #expect(readers?.object?.keys.sorted() == [carol.name])
        // Out of sight.
        let other = try await alice.say("hides it", in: rooms[1])
        try await client.sync(body)
        try await carol.join(rooms[1])
        let later = try await alice.say("later", in: rooms[2])
        try await bob.post("/rooms/\(rooms[2])/receipt/m.read/\(later)")
        try await alice.say("hides it again", in: rooms[1])
        #expect(told(try await client.sync(body), rooms[2]) == nil)
        try await bob.post("/rooms/\(rooms[1])/receipt/m.read/\(other)")
        var wide = SlidingClient.list(0...1, limit: 2)
        wide["extensions"] = ["receipts": ["enabled": true]]
        let back = try await client.sync(wide)
        #expect(told(back, rooms[2])?[later]?["m.read"]?[bob.name] != nil)
        #expect(told(back, rooms[1])?[other]?["m.read"]?[bob.name] != nil)
    }

    @Test func `typing is told of rooms in scope`() async throws {
        let (alice, bob, rooms) = try await pair()
        let config: JSONValue = ["typing": ["enabled": true]]
        try await bob.put("/rooms/\(rooms[2])/typing/\(bob.name)", ["typing": true])
        var client = SlidingClient(alice)
        func typists(_ answer: JSON, _ room: String) -> [String]? {
            answer["extensions"]?["typing"]?["rooms"]?[room]?["content"]?["user_ids"]?.elements.compactMap(\.string)
        }
        #expect(typists(try await client.sync(body(0...0, config)), rooms[2]) == [bob.name])
        #expect(typists(try await client.sync(body(0...0, config)), rooms[2]) == nil)
        let waiting = client
        let wanted = body(0...0, config)
        async let answer = waiting.ask(wanted, timeout: 30_000)
        try await bob.put("/rooms/\(rooms[2])/typing/\(bob.name)", ["typing": false])
        #expect(typists(try await answer, rooms[2]) == [])
        try await client.sync(body(0...0, config))
        // Out of sight, then back.
        try await bob.put("/rooms/\(rooms[2])/typing/\(bob.name)", ["typing": true])
        try await client.sync(body(0...0, config))
        try await alice.say("hides it", in: rooms[0])
        try await client.sync(body(0...0, config))
        try await bob.put("/rooms/\(rooms[2])/typing/\(bob.name)", ["typing": false])
        #expect(typists(try await client.sync(body(0...0, config)), rooms[2]) == nil)
        #expect(typists(try await client.sync(body(0...1, config)), rooms[2]) == [])
    }
}

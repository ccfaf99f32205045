import ClientServices
import MatrixModel
import Testing

@Suite struct EphemeralTests {
    private func pair() async throws -> (Person, Person, String) {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        return (alice, bob, room)
    }

    private func receipts(_ person: Person, _ room: String, since: String? = nil) async throws -> JSONValue {
        let events = try await person.sync(since: since)["rooms"]?["join"]?[room]?["ephemeral"]?["events"]
        return events?.elements.first { $0["type"]?.string == "m.receipt" }?["content"]?.value ?? [:]
    }

    @Test func `a receipt is told to the room, a private one to its owner alone`() async throws {
        let (alice, bob, room) = try await pair()
        let first = try await alice.say("1", in: room)
        let second = try await alice.say("2", in: room)
        let since = try await alice.sync()["next_batch"]?.string
        try await bob.post("/rooms/\(room)/receipt/m.read/\(first)")
        try await bob.post("/rooms/\(room)/receipt/m.read.private/\(second)")
        #expect(try await receipts(alice, room, since: since)[first]?["m.read"]?[bob.name] != nil)
        #expect(try await receipts(alice, room)[second] == nil)
        #expect(try await receipts(bob, room)[second]?["m.read.private"]?[bob.name] != nil)
    }

    @Test func `a receipt does not go back, and each thread has its own`() async throws {
        let (alice, bob, room) = try await pair()
        let first = try await alice.say("1", in: room)
        let second = try await alice.say("2", in: room)
        let inThread =
            try await alice.put(
                "/rooms/\(room)/send/m.room.message/th",
                ["msgtype": "m.text", "body": "t", "m.relates_to": ["rel_type": "m.thread", "event_id": .string(first)]])["event_id"]?.string ?? ""
        try await bob.post("/rooms/\(room)/receipt/m.read/\(second)")
        try await bob.post("/rooms/\(room)/receipt/m.read/\(first)")
        #expect(try await receipts(alice, room)[first] == nil)
        try await bob.post("/rooms/\(room)/receipt/m.read/\(second)", ["thread_id": "main"])
        try await bob.post("/rooms/\(room)/receipt/m.read/\(inThread)", ["thread_id": .string(first)])
        let content = try await receipts(alice, room)
        #expect(content[inThread]?["m.read"]?[bob.name]?["thread_id"]?.string == first)
        for thread: JSONValue in ["", 5, "nothing"] {
            #expect(await failure { try await bob.post("/rooms/\(room)/receipt/m.read/\(second)", ["thread_id": thread]) }?.status == 400)
        }
        #expect(await failure { try await bob.post("/rooms/\(room)/receipt/m.read/\(second)", ["thread_id": .string(first)]) }?.status == 400)
        #expect(await failure { try await bob.post("/rooms/\(room)/receipt/m.fully_read/\(second)", ["thread_id": "main"]) }?.status == 400)
        #expect(await failure { try await bob.post("/rooms/\(room)/receipt/m.other/\(second)") }?.status == 400)
    }

    @Test func `read markers move receipts and the marker in one`() async throws {
        let (alice, bob, room) = try await pair()
        let event = try await alice.say("1", in: room)
        let since = try await bob.sync()["next_batch"]?.string
        try await bob.post("/rooms/\(room)/read_markers", ["m.fully_read": .string(event), "m.read": .string(event)])
        let joined = try await bob.sync(since: since)["rooms"]?["join"]?[room]
        #expect(joined?["account_data"]?["events"]?[0]?["type"]?.string == "m.fully_read")
        #expect(joined?["account_data"]?["events"]?[0]?["content"]?["event_id"]?.string == event)
        #expect(try await receipts(alice, room)[event]?["m.read"]?[bob.name] != nil)
    }

    @Test func `typing begins, ends, and is told to the others`() async throws {
        let (alice, bob, room) = try await pair()
        func typing(_ since: String?) async throws -> (JSONValue?, String?) {
            let answer = try await alice.sync(since: since)
            let events = answer["rooms"]?["join"]?[room]?["ephemeral"]?["events"]
            return (events?.elements.first { $0["type"]?.string == "m.typing" }?["content"]?["user_ids"]?.value, answer["next_batch"]?.string)
        }
        let start = try await alice.sync()["next_batch"]?.string
        #expect(await failure { try await alice.put("/rooms/\(room)/typing/\(bob.name)", ["typing": true]) }?.code == .forbidden)
        try await bob.put("/rooms/\(room)/typing/\(bob.name)", ["typing": true, "timeout": 30_000])
        let (began, second) = try await typing(start)
        #expect(began == [.string(bob.name)])
        #expect(try await typing(second).0 == nil)
        try await bob.put("/rooms/\(room)/typing/\(bob.name)", ["typing": false])
        #expect(try await typing(second).0 == [])
        let outsider = try await alice.world.person("outsider")
        #expect(await failure { try await outsider.put("/rooms/\(room)/typing/\(outsider.name)", ["typing": true]) }?.code == .forbidden)
    }

    @Test func `other servers speak for their own users in rooms they are in alone`() async throws {
        let (alice, bob, room) = try await pair()
        let event = try await alice.say("1", in: room)
        let since = try await alice.sync()["next_batch"]?.string
        let inbox = alice.world.services.inbox
        let there = RoomWorld.serverName("there.example")
        try await inbox.typing(JSON(["room_id": .string(room), "user_id": .string(bob.name), "typing": true]), from: there)
        try await inbox.typing(JSON(["room_id": .string(room), "user_id": "@eve:there.example", "typing": true]), from: there)
        for user in [bob.name, "@eve:there.example"] {
            try await inbox.receipts(
                JSON(.object([room: ["m.read": .object([user: ["data": ["ts": 1], "event_ids": [.string(event)]]])]])), from: there)
        }
        #expect(try await alice.sync(since: since)["rooms"]?["join"]?.count == 0)
    }
}

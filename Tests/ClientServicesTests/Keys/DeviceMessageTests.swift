import Database
import MatrixModel
import RoomServer
import Storage
import Testing

@testable import ClientServices

struct DeviceMessageTests {
    @Test func `a message reaches one device, or all with a star, in order`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let tablet = try await world.client(bob.user, "TABLET")
        let token = try await bob.token()
        try await alice.send("one", to: bob.user, "PHONE", transaction: "1")
        try await alice.send("two", to: bob.user, "*", transaction: "2")
        try await alice.send("nobody", to: bob.user, "NONE", transaction: "3")
        let sync = try await bob.sync(since: token)
        #expect(sync.deviceTexts == ["one", "two"])
        #expect(sync["to_device"]?["events"]?[0]?["sender"]?.string == alice.name)
        #expect(sync["to_device"]?["events"]?[0]?["type"]?.string == "test.message")
        #expect(try await tablet.sync().deviceTexts == ["two"])
        #expect(try await alice.sync().deviceTexts == [])
    }

    @Test func `the same transaction sends once, another type with the same identifier again`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        for _ in 1...3 { try await alice.send("once", to: alice.user, "PHONE", transaction: "same") }
        try await alice.put("/sendToDevice/other.type/same", ["messages": .object([alice.name: ["PHONE": ["text": "other"]]])])
        #expect(try await alice.sync().deviceTexts == ["once", "other"])
    }

    @Test func `a message is told until its token comes back, then never again`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let start = try await alice.token()
        try await alice.send("hello", to: alice.user, "PHONE", transaction: "1")
        let first = try await alice.sync(since: start)
        #expect(first.deviceTexts == ["hello"])
        // The answer was lost: the client asks again with the old token.
        #expect(try await alice.sync(since: start).deviceTexts == ["hello"])
        #expect(try await alice.sync().deviceTexts == ["hello"])
        #expect(try await alice.sync(since: first.nextBatch).deviceTexts == [])
        // What was acknowledged is gone from the store once the writer has come to it.
        try await world.database.write { _ in }
        let left = try await world.database.read { try DeviceMessageStore($0).extent(for: "PHONE", of: alice.user) != nil }
        #expect(!left)
        #expect(try await alice.sync(since: start).deviceTexts == [])
    }

    @Test func `messages survive a restart`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let token = try await alice.token()
        try await alice.send("hello", to: alice.user, "PHONE", transaction: "1")
        let restarted = KeyClient(world: try await world.restarted(), user: alice.user, device: "PHONE")
        #expect(try await restarted.sync(since: token).deviceTexts == ["hello"])
        try await restarted.send("hello", to: alice.user, "PHONE", transaction: "1")
        #expect(try await restarted.sync(since: token).deviceTexts == ["hello"])
    }

    @Test func `a long queue comes a hundred at a time, nothing lost or repeated`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        for number in 1...250 { try await alice.send("\(number)", to: alice.user, "PHONE", transaction: "\(number)") }
        var token: String?
        var pages: [Int] = []
        var texts: [String] = []
        for _ in 1...4 {
            let sync = try await alice.sync(since: token)
            pages.append(sync.deviceTexts.count)
            texts += sync.deviceTexts
            token = sync.nextBatch
            if pages.count == 1 { try await alice.send("251", to: alice.user, "PHONE", transaction: "251") }
        }
        #expect(pages == [100, 100, 51, 0])
        #expect(texts == (1...251).map(String.init))
    }

    @Test func `a waiting sync is woken by a message`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let token = try await bob.token()
        async let waiting = bob.get("/sync", [("since", token), ("timeout", "60000")])
        while world.rooms.feed.waitingCount == 0 { await Task.yield() }
        try await alice.send("wake", to: bob.user, "PHONE", transaction: "1")
        #expect(try await waiting.deviceTexts == ["wake"])
    }

    @Test func `messages for other servers wait in parts that fit`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let far = RoomWorld.user("far", at: "far.example")
        let large = JSONValue.object(["text": .string(String(repeating: "x", count: 20_000))])
        let devices = (1...5).map { ("D\($0)", large) }
        try await alice.put("/sendToDevice/t/1", ["messages": .object([far.description: .object(Dictionary(uniqueKeysWithValues: devices))])])
        #expect(world.neighbours.woken == [far.server])
        let units = try await world.database.read { try OutboundDeviceMessageStore($0).messages(for: far.server, limit: 100).map(\.content) }
        #expect(units.count == 3)
        let reached = units.flatMap { unit -> [String] in unit["messages"]?[far.description]?.members.map(\.key) ?? [] }
        #expect(reached.sorted() == ["D1", "D2", "D3", "D4", "D5"])
        let identifiers = units.compactMap { $0["message_id"]?.string }
        #expect(Set(identifiers).count == 3)
        #expect(identifiers.allSatisfy { $0.count <= 32 })
        #expect(units.allSatisfy { $0["sender"]?.string == alice.name })
    }

    @Test func `messages of other servers are taken once, from their own users`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let far = RoomWorld.user("far", at: "far.example")
        func unit(_ id: String, _ sender: UserID = far) -> JSON {
            JSON([
                "sender": .string(sender.description), "type": "t", "message_id": .string(id),
                "messages": .object([alice.name: ["*": ["text": .string(id)]], "@x:elsewhere.example": ["D": ["text": "no"]]]),
            ])
        }
        try await world.keys.inbox.directToDevice(unit("a"), from: far.server)
        try await world.keys.inbox.directToDevice(unit("a"), from: far.server)
        try await world.keys.inbox.directToDevice(unit("b"), from: far.server)
        try await world.keys.inbox.directToDevice(unit("forged", alice.user), from: far.server)
        let restarted = try await world.restarted()
        try await restarted.keys.inbox.directToDevice(unit("b"), from: far.server)
        #expect(try await alice.sync().deviceTexts == ["a", "b"])
    }

    @Test(arguments: [[:], ["messages": []], ["messages": ["@a:b": []]], ["messages": ["@a:b": ["D": "text"]]]] as [JSONValue])
    func `malformed messages are refused`(_ body: JSONValue) async throws {
        let alice = try await KeyWorld().person("alice")
        #expect(await failure { try await alice.put("/sendToDevice/t/1", body) }?.status == 400)
    }
}

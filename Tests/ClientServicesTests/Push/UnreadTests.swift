import Database
import MatrixAPI
import MatrixModel
import Testing

@testable import ClientServices

@Suite struct UnreadTests {
    private static let threaded = [("filter", #"{"room":{"timeline":{"unread_thread_notifications":true,"limit":1}}}"#)]

    private func trio() async throws -> (alice: Person, bob: Person, carol: Person, room: String) {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let carol = try await world.person("carol")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        try await carol.join(room)
        return (alice, bob, carol, room)
    }

    /// Notifications and highlights of a room.
    private func counts(_ person: Person, _ room: String) async throws -> [Int] {
        let unread = try await person.sync()["rooms"]?["join"]?[room]?["unread_notifications"]
        return [unread?["notification_count"]?.integer ?? -1, unread?["highlight_count"]?.integer ?? -1]
    }

    /// The same of the main timeline, and of each thread.
    private func threads(_ person: Person, _ room: String) async throws -> (main: [Int], threads: [String: [Int]]) {
        let joined = try await person.sync(UnreadTests.threaded)["rooms"]?["join"]?[room]
        let numbers = { (json: JSON?) in [json?["notification_count"]?.integer ?? -1, json?["highlight_count"]?.integer ?? -1] }
        var threads: [String: [Int]] = [:]
        for (root, count) in joined?["unread_thread_notifications"]?.members ?? JSON([:]).members { threads[root] = numbers(count) }
        return (numbers(joined?["unread_notifications"]), threads)
    }

    private func read(
        _ person: Person, _ room: String, _ event: String, _ type: String = "m.read", thread: String? = nil
    ) async throws {
        try await person.post("/rooms/\(room)/receipt/\(type)/\(event)", thread.map { ["thread_id": .string($0)] } ?? [:])
    }

    @discardableResult
    private func send(_ person: Person, _ content: JSONValue, _ room: String, type: String = "m.room.message") async throws -> String {
        let id = person.world.clock.environment.randomToken(bytes: 9)
        return try await person.put("/rooms/\(room)/send/\(type)/\(id)", content)["event_id"]?.string ?? ""
    }

    private func reply(_ body: String, in thread: String) -> JSONValue {
        ["msgtype": "m.text", "body": .string(body), "m.relates_to": ["rel_type": "m.thread", "event_id": .string(thread)]]
    }

    private func mention(_ person: Person) -> JSONValue {
        ["msgtype": "m.text", "body": "you", "m.mentions": ["user_ids": [.string(person.name)]]]
    }

    @Test func `messages of others count until they are read`() async throws {
        let (alice, bob, _, room) = try await trio()
        #expect(try await counts(bob, room) == [0, 0])
        try await alice.say("one", in: room)
        let second = try await send(alice, mention(bob), room)
        try await alice.say("three", in: room)
        #expect(try await counts(bob, room) == [3, 1])
        #expect(try await counts(alice, room) == [0, 0])
        try await read(bob, room, second)
        #expect(try await counts(bob, room) == [1, 0])
        try await bob.say("mine", in: room)
        #expect(try await counts(bob, room) == [0, 0])
    }

    @Test func `what came before joining does not count`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await alice.say("before", in: room)
        try await bob.join(room)
        #expect(try await counts(bob, room) == [0, 0])
        try await alice.say("after", in: room)
        try await bob.setState("m.room.member", ["membership": "join", "displayname": "Bobby"], key: bob.name, in: room)
        #expect(try await counts(bob, room) == [1, 0])
        try await bob.leave(room)
        try await alice.say("meanwhile", in: room)
        try await bob.join(room)
        #expect(try await counts(bob, room) == [0, 0])
    }

    @Test func `the further of public and private receipts counts`() async throws {
        let (alice, bob, _, room) = try await trio()
        var events: [String] = []
        for number in 0..<4 { events.append(try await alice.say("\(number)", in: room)) }
        try await read(bob, room, events[2])
        try await read(bob, room, events[0], "m.read.private")
        #expect(try await counts(bob, room) == [1, 0])
        try await read(bob, room, events[3], "m.read.private")
        #expect(try await counts(bob, room) == [0, 0])
    }

    @Test func `threads count apart and are read apart`() async throws {
        let (alice, bob, _, room) = try await trio()
        let root = try await alice.say("root", in: room)
        let other = try await alice.say("other root", in: room)
        let first = try await send(alice, reply("a", in: root), room)
        try await send(alice, reply("b", in: root), room)
        try await send(alice, reply("c", in: other), room)
        var now = try await threads(bob, room)
        #expect(now.main == [2, 0])
        #expect(now.threads == [root: [2, 0], other: [1, 0]])
        #expect(try await counts(bob, room) == [5, 0])
        try await read(bob, room, other, thread: "main")
        now = try await threads(bob, room)
        #expect(now.main == [0, 0])
        #expect(now.threads == [root: [2, 0], other: [1, 0]])
        try await read(bob, room, first, thread: root)
        now = try await threads(bob, room)
        #expect(now.threads == [root: [1, 0], other: [1, 0]])
        // An answer in a thread reads that thread.
        try await send(bob, reply("mine", in: other), room)
        now = try await threads(bob, room)
        #expect(now.threads == [root: [1, 0]])
        try await read(bob, room, try await alice.say("end", in: room))
        now = try await threads(bob, room)
        #expect(now.main == [0, 0])
        #expect(now.threads == [:])
    }

    @Test func `a reaction to a reply belongs to its thread`() async throws {
        let (alice, bob, _, room) = try await trio()
        try await bob.world.setAccountData(
            "m.push_rules",
            [
                "global": [
                    "override": [["rule_id": ".m.rule.reaction", "default": true, "enabled": false, "actions": []]],
                    "underride": [
                        [
                            "rule_id": "reactions", "default": false, "enabled": true,
                            "conditions": [["kind": "event_match", "key": "type", "pattern": "m.reaction"]], "actions": ["notify"],
                        ]
                    ],
                ]
            ], of: bob.user)
        let root = try await alice.say("root", in: room)
        let inThread = try await send(alice, reply("a", in: root), room)
        let reaction: JSONValue = ["m.relates_to": ["rel_type": "m.annotation", "event_id": .string(inThread), "key": "👍"]]
        try await send(alice, reaction, room, type: "m.reaction")
        let now = try await threads(bob, room)
        #expect(now.main == [1, 0])
        #expect(now.threads == [root: [2, 0]])
    }

    @Test func `a redacted message is not unread`() async throws {
        let (alice, bob, _, room) = try await trio()
        let first = try await send(alice, mention(bob), room)
        try await alice.say("other", in: room)
        let since = try await bob.sync()["next_batch"]?.string
        #expect(try await counts(bob, room) == [2, 1])
        try await alice.put("/rooms/\(room)/redact/\(first)/1", [:])
        let update = try await bob.sync(since: since)["rooms"]?["join"]?[room]?["unread_notifications"]
        #expect(update?.value == ["notification_count": 1, "highlight_count": 0])
    }

    @Test func `ignored people do not count, and all counts change with the list`() async throws {
        let (alice, bob, carol, room) = try await trio()
        try await alice.say("a", in: room)
        try await carol.say("c", in: room)
        let since = try await bob.sync()["next_batch"]?.string
        #expect(try await counts(bob, room) == [2, 0])
        try await bob.world.setAccountData("m.ignored_user_list", ["ignored_users": [carol.name: [:]]], of: bob.user)
        let update = try await bob.sync(since: since)["rooms"]?["join"]?[room]?["unread_notifications"]
        #expect(update?["notification_count"]?.integer == 1)
    }

    @Test func `a change of rules counts anew and tells so`() async throws {
        let (alice, bob, _, room) = try await trio()
        try await alice.say("cake", in: room)
        try await alice.say("tea", in: room)
        let since = try await bob.sync()["next_batch"]?.string
        #expect(try await counts(bob, room) == [2, 0])
        try await bob.world.setAccountData(
            "m.push_rules",
            [
                "global": [
                    "content": [["rule_id": "cake", "pattern": "cake", "enabled": true, "actions": ["notify", ["set_tweak": "highlight"]]]],
                    "room": [["rule_id": .string(room), "enabled": true, "actions": []]],
                ]
            ], of: bob.user)
        let answer = try await bob.sync(since: since)
        #expect(answer["rooms"]?["join"]?[room]?["unread_notifications"]?.value == ["notification_count": 1, "highlight_count": 1])
        try await bob.world.setAccountData(
            "m.push_rules", ["global": ["override": [["rule_id": ".m.rule.master", "default": true, "enabled": true, "actions": []]]]], of: bob.user)
        #expect(try await counts(bob, room) == [0, 0])
    }

    @Test func `counts come with the event even where the filter hides it`() async throws {
        let (alice, bob, _, room) = try await trio()
        let filter = [("filter", #"{"room":{"timeline":{"types":["m.room.name"]}}}"#)]
        let since = try await bob.sync(filter)["next_batch"]?.string
        try await alice.say("hidden", in: room)
        let answer = try await bob.sync(since: since, filter)
        #expect(answer["rooms"]?["join"]?[room]?["unread_notifications"]?["notification_count"]?.integer == 1)
        #expect(answer["rooms"]?["join"]?[room]?["timeline"]?["events"]?.count == 0)
        let after = try await bob.sync(since: answer["next_batch"]?.string, filter)
        #expect(after["rooms"]?["join"]?.count == 0)
    }

    @Test func `a restart counts the same, from what was kept`() async throws {
        let (alice, bob, _, room) = try await trio()
        let root = try await alice.say("root", in: room)
        for number in 0..<40 { try await alice.say("\(number)", in: room) }
        let second = try await send(alice, mention(bob), room)
        try await send(alice, reply("a", in: root), room)
        let expected = try await threads(bob, room)
        #expect(expected.main == [42, 1])
        let world = try await bob.world.restarted()
        let later = Person(world: world, caller: bob.caller)
        let again = try await threads(later, room)
        #expect(again.main == expected.main)
        #expect(again.threads == expected.threads)
        try await Person(world: world, caller: alice.caller).put("/rooms/\(room)/redact/\(second)/1", [:])
        let redacted = try await threads(later, room)
        #expect(redacted.main == [41, 0])
        let third = try await bob.world.restarted()
        try await read(Person(world: third, caller: bob.caller), room, second, thread: "main")
        let last = try await threads(Person(world: third, caller: bob.caller), room)
        #expect(last.main == [0, 0])
        #expect(last.threads == [root: [1, 0]])
    }
}

@Suite struct NotificationListTests {
    @Test func `notifications are paged back to the beginning`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        var sent: [String] = []
        for _ in 0..<3 {
            let room = try await alice.createRoom(["preset": "public_chat"])
            try await alice.say("before", in: room)
            try await bob.join(room)
            for number in 0..<3 { sent.append(try await alice.say("\(number)", in: room)) }
            try await bob.say("mine", in: room)
        }
        var listed: [String] = []
        var query = [("limit", "4")]
        for _ in 0..<5 {
            let page = try await bob.get("/notifications", query)
            listed += page["notifications"]?.elements.compactMap { $0["event"]?["event_id"]?.string } ?? []
            guard let next = page["next_token"]?.string else { break }
            query = [("limit", "4"), ("from", next)]
        }
        #expect(listed == sent.reversed())
        let highlights = try await bob.get("/notifications", [("only", "highlight")])
        #expect(highlights["notifications"]?.count == 0)
        #expect(highlights["next_token"] == nil)
        #expect(await failure { try await bob.get("/notifications", [("from", "zebra")]) }?.code == .invalidParam)
    }
}

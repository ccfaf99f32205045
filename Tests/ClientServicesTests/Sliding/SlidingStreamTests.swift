import MatrixAPI
import MatrixModel
import Testing

/// Followed threads and sticky events.
@Suite struct SlidingStreamTests {
    @Test func `followed threads come as they change, the older ones by pages`() async throws {
        let alice = try await RoomWorld().person("alice")
        let room = try await alice.createRoom()
        var roots: [String] = []
        func follow(_ method: MatrixAPI.Method, _ root: String) async throws {
            let path = "/_matrix/client/unstable/io.element.msc4306/rooms/\(room)/thread/\(root)/subscription"
            _ = try await alice.world.call(.user(alice.caller), method, path, body: [:])
        }
        for number in 0..<5 {
            roots.append(try await alice.say("\(number)", in: room))
            try await follow(.put, roots[number])
        }
        let name = "io.element.msc4308.thread_subscriptions"
        let body: JSONValue = ["extensions": [name: ["enabled": true, "limit": 2]]]
        func told(_ answer: JSON) -> JSON? { answer["extensions"]?[name] }
        var client = SlidingClient(alice)
        let first = told(try await client.sync(body))
        let subscribed = first?["subscribed"]?[room]?.members.map(\.key) ?? []
        #expect(Set(subscribed) == [roots[3], roots[4]])
        #expect(first?["subscribed"]?[room]?[roots[4]]?["automatic"]?.bool == false)
        var rest: Set<String> = []
        var next = first?["prev_batch"]?.string
        while let from = next {
            let page = try await alice.world.call(
                .user(alice.caller), .get, "/_matrix/client/unstable/io.element.msc4308/thread_subscriptions",
                query: [("dir", "b"), ("from", from), ("limit", "2")])
            rest.formUnion(page["subscribed"]?[room]?.members.map(\.key) ?? [])
            next = page["end"]?.string
        }
        #expect(rest == Set(roots[0...2]))
        #expect(told(try await client.sync(body)) == nil)
        try await follow(.delete, roots[0])
        let change = told(try await client.sync(body))
        #expect(change?["unsubscribed"]?[room]?[roots[0]]?["bump_stamp"]?.integer ?? 0 > 0)
        #expect(change?["subscribed"] == nil && change?["prev_batch"] == nil)
        let error = await failure {
            try await alice.world.call(
                .user(alice.caller), .get, "/_matrix/client/v1/thread_subscriptions", query: [("dir", "f")])
        }
        #expect(error?.code == .invalidParam)
    }

    @Test func `sticky events come of all listed rooms until the client has them`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        let other = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        func stick(_ text: String, _ room: String) async throws {
            _ = try await world.call(
                .user(alice.caller), .put, "/_matrix/client/v3/rooms/\(room)/send/org.example.note/\(text)",
                query: [("org.matrix.msc4354.sticky_duration_ms", "3600000")], body: ["body": .string(text)])
        }
        let name = "org.matrix.msc4354.sticky_events"
        func body(_ since: String?, limit: Int = 2) -> JSONValue {
            var config: JSONValue = ["enabled": true, "limit": .integer(limit)]
            if let since { config["since"] = .string(since) }
            // The window shows no room at all.
            return ["lists": ["all": ["ranges": [], "timeline_limit": 0]], "extensions": [name: config]]
        }
        func texts(_ answer: JSON, _ room: String) -> [String] {
            answer["extensions"]?[name]?["rooms"]?[room]?["events"]?.elements.compactMap { $0["content"]?["body"]?.string } ?? []
        }
        func next(_ answer: JSON) -> String? { answer["extensions"]?[name]?["next_batch"]?.string }
        for text in ["1", "2", "3"] { try await stick(text, room) }
        try await stick("elsewhere", other)
        var client = SlidingClient(bob)
        let first = try await client.sync(body(nil))
        #expect(texts(first, room) == ["1", "2"])
        #expect(texts(try await client.sync(body(nil)), room) == ["1", "2"], "not acknowledged")
        let second = try await client.sync(body(next(first)))
        #expect(texts(second, room) == ["3"])
        let since = next(second)
        #expect(next(try await client.sync(body(since))) == nil)
        try await bob.join(other)
        let joined = try await client.sync(body(since))
        #expect(texts(joined, other) == ["elsewhere"])
        // What the timeline has is not told twice.
        try await stick("4", room)
        var open = body(next(joined))
        open["room_subscriptions"] = [room: ["timeline_limit": 1]]
        let shown = try await client.sync(open)
        #expect(shown["rooms"]?[room]?.bodies == ["4"])
        #expect(texts(shown, room) == [])
    }
}

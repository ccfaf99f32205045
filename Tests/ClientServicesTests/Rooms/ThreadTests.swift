import MatrixAPI
import MatrixModel
import Testing

extension Person {
    func threads(in room: String, _ query: [(String, String)] = []) async throws -> JSON {
        try await world.call(.user(caller), .get, "/_matrix/client/v1/rooms/\(room)/threads", query: query)
    }

    private func subscriptionPath(_ root: String, _ room: String) -> String {
        "/_matrix/client/unstable/io.element.msc4306/rooms/\(room)/thread/\(root)/subscription"
    }
    func follow(_ root: String, in room: String, because cause: String? = nil) async throws {
        _ = try await world.call(
            .user(caller), .put, subscriptionPath(root, room), body: cause.map { ["automatic": .string($0)] } ?? [:])
    }
    func unfollow(_ root: String, in room: String) async throws {
        _ = try await world.call(.user(caller), .delete, subscriptionPath(root, room))
    }
    /// Whether the thread is followed of a client's own accord; nil where it is not followed.
    func following(_ root: String, in room: String) async throws -> Bool? {
        do {
            return try await world.call(.user(caller), .get, subscriptionPath(root, room))["automatic"]?.bool
        } catch let error as MatrixError where error.code == .notFound {
            return nil
        }
    }
}

@Suite struct ThreadTests {
    private func people() async throws -> (alice: Person, bob: Person, carol: Person, room: String) {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let carol = try await world.person("carol")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        return (alice, bob, carol, room)
    }

    private func identifiers(_ page: JSON) -> [String] { page["chunk"]?.elements.compactMap { $0["event_id"]?.string } ?? [] }

    @Test func `the root is told with the thread's newest event and how many there are`() async throws {
        let (alice, bob, carol, room) = try await people()
        try await carol.join(room)
        let root = try await alice.say("root", in: room)
        try await bob.reply("one", inThread: root, in: room)
        let last = try await bob.reply("two", inThread: root, in: room)
        let edit = try await bob.edit(last, to: "three", in: room)
        let thread = try #require(try await bob.bundle(root, in: room)?["m.thread"])
        #expect(thread["count"]?.integer == 2)
        #expect(thread["current_user_participated"]?.bool == true)
        #expect(thread["latest_event"]?["event_id"]?.string == last)
        #expect(thread["latest_event"]?["unsigned"]?["m.relations"]?["m.replace"]?["event_id"]?.string == edit)
        let ofAuthor = try await alice.bundle(root, in: room)
        #expect(ofAuthor?["m.thread"]?["current_user_participated"]?.bool == true)
        let ofOther = try await carol.bundle(root, in: room)
        #expect(ofOther?["m.thread"]?["current_user_participated"]?.bool == false)
    }

    @Test func `a redacted root keeps its thread, a redacted reply leaves it`() async throws {
        let (alice, bob, _, room) = try await people()
        let root = try await alice.say("root", in: room)
        let first = try await bob.reply("one", inThread: root, in: room)
        let second = try await bob.reply("two", inThread: root, in: room)
        try await alice.put("/rooms/\(room)/redact/\(root)/r1")
        try await bob.put("/rooms/\(room)/redact/\(second)/r2")
        let thread = try await alice.bundle(root, in: room)?["m.thread"]
        #expect(thread?["count"]?.integer == 1)
        #expect(thread?["latest_event"]?["event_id"]?.string == first)
        try await bob.put("/rooms/\(room)/redact/\(first)/r3")
        let none = try await alice.bundle(root, in: room)
        #expect(none == nil)
        let threads = try await alice.threads(in: room)
        #expect(identifiers(threads) == [])
    }

    @Test func `no thread begins in a thread or at an edit`() async throws {
        let (alice, bob, _, room) = try await people()
        let root = try await alice.say("root", in: room)
        let reply = try await bob.reply("one", inThread: root, in: room)
        let edit = try await alice.edit(root, to: "better root", in: room)
        for event in [reply, edit] {
            let refused = await failure { try await alice.reply("nested", inThread: event, in: room) }
            #expect(refused?.status == 400)
            #expect(refused?.code == .unknown)
        }
        // A reply without a kind is no child.
        let answer =
            try await bob.put(
                "/rooms/\(room)/send/m.room.message/x",
                ["msgtype": "m.text", "body": "reply", "m.relates_to": ["m.in_reply_to": ["event_id": .string(root)]]])["event_id"]?.string ?? ""
        try await alice.reply("allowed", inThread: answer, in: room)
    }

    @Test func `threads are listed by their newest events, in pages, and by participation`() async throws {
        let (alice, bob, carol, room) = try await people()
        try await carol.join(room)
        var roots: [String] = []
        for number in 1...5 { roots.append(try await alice.say("\(number)", in: room)) }
        for root in roots { try await bob.reply("in", inThread: root, in: room) }
        // The first becomes the newest.
        try await carol.reply("again", inThread: roots[0], in: room)
        let expected = [roots[0], roots[4], roots[3], roots[2], roots[1]]
        let all = try await bob.threads(in: room)
        #expect(identifiers(all) == expected)
        #expect(all["next_batch"] == nil)
        #expect(all["chunk"]?[0]?["unsigned"]?["m.relations"]?["m.thread"]?["count"]?.integer == 2)
        for limit in 1...5 {
            var seen: [String] = []
            var from: String?
            repeat {
                let page = try await bob.threads(in: room, [("limit", "\(limit)")] + (from.map { [("from", $0)] } ?? []))
                #expect(identifiers(page).count <= limit)
                seen += identifiers(page)
                from = page["next_batch"]?.string
            } while from != nil
            #expect(seen == expected, "pages of \(limit)")
        }
        let own = try await carol.threads(in: room, [("include", "participated")])
        #expect(identifiers(own) == [roots[0]])
        let started = try await alice.threads(in: room, [("include", "participated")])
        #expect(identifiers(started) == expected)
        #expect(await failure { try await bob.threads(in: room, [("limit", "0")]) }?.code == .invalidParam)
        #expect(await failure { try await bob.threads(in: room, [("include", "none")]) }?.code == .invalidParam)
        #expect(await failure { try await bob.threads(in: room, [("from", "?")]) }?.code == .invalidParam)
        let dave = try await alice.world.person("dave")
        #expect(await failure { try await dave.threads(in: room) }?.code == .forbidden)
    }

    @Test func `a thread of ignored people alone is not listed, and an ignored person's root is cut down`() async throws {
        let (alice, bob, carol, room) = try await people()
        try await carol.join(room)
        let first = try await bob.say("by bob", in: room)
        try await carol.reply("in", inThread: first, in: room)
        let second = try await carol.say("by carol", in: room)
        try await bob.reply("in", inThread: second, in: room)
        try await alice.ignore(bob)
        let threads = try await alice.threads(in: room)
        #expect(identifiers(threads) == [first])
        #expect(threads["chunk"]?[0]?["content"]?.count == 0)
    }

    // MARK: Subscriptions

    @Test func `threads are followed and left, each as often as one likes`() async throws {
        let (alice, bob, carol, room) = try await people()
        let root = try await alice.say("root", in: room)
        try await bob.reply("one", inThread: root, in: room)
        #expect(try await alice.following(root, in: room) == nil)
        try await alice.unfollow(root, in: room)
        try await alice.follow(root, in: room)
        try await alice.follow(root, in: room)
        #expect(try await alice.following(root, in: room) == false)
        #expect(try await bob.following(root, in: room) == nil)
        try await alice.unfollow(root, in: room)
        try await alice.unfollow(root, in: room)
        #expect(try await alice.following(root, in: room) == nil)
        #expect(await failure { try await alice.follow("$nothing", in: room) }?.code == .notFound)
        #expect(await failure { try await carol.follow(root, in: room) }?.code == .notFound)
        #expect(await failure { try await carol.unfollow(root, in: room) }?.code == .notFound)
    }

    @Test func `a client follows of its own accord only for what came after the person left`() async throws {
        let (alice, bob, _, room) = try await people()
        let root = try await alice.say("root", in: room)
        let first = try await bob.reply("@alice one", inThread: root, in: room)
        let outside = try await bob.say("@alice outside", in: room)
        let refused = await failure { try await alice.follow(root, in: room, because: outside) }
        #expect(refused?.status == 400)
        #expect(refused?.code.rawValue == "IO.ELEMENT.MSC4306.M_NOT_IN_THREAD")
        try await alice.follow(root, in: room, because: first)
        #expect(try await alice.following(root, in: room) == true)
        // "manual subscriptions take precedence over automatic subscriptions"
        try await alice.follow(root, in: room)
        try await alice.follow(root, in: room, because: first)
        #expect(try await alice.following(root, in: room) == false)
        try await alice.unfollow(root, in: room)
        let conflict = await failure { try await alice.follow(root, in: room, because: first) }
        #expect(conflict?.status == 409)
        #expect(conflict?.code.rawValue == "IO.ELEMENT.MSC4306.M_CONFLICTING_UNSUBSCRIPTION")
        let later = try await bob.reply("@alice two", inThread: root, in: room)
        try await alice.follow(root, in: room, because: later)
        #expect(try await alice.following(root, in: room) == true)
    }

    // MARK: Receipts

    @Test func `a receipt of a thread names an event that is in it`() async throws {
        let (alice, bob, _, room) = try await people()
        let root = try await alice.say("root", in: room)
        let reply = try await bob.reply("one", inThread: root, in: room)
        let edit = try await bob.edit(reply, to: "two", in: room)
        let outside = try await bob.say("outside", in: room)
        func receipt(_ event: String, _ thread: String) async throws {
            try await alice.post("/rooms/\(room)/receipt/m.read/\(event)", ["thread_id": .string(thread)])
        }
        try await receipt(reply, root)
        try await receipt(edit, root)
        try await receipt(outside, "main")
        #expect(await failure { try await receipt(outside, root) }?.code == .invalidParam)
        #expect(await failure { try await receipt(reply, "main") }?.code == .invalidParam)
    }
}

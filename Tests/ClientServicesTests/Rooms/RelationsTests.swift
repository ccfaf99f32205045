import Database
import MatrixAPI
import MatrixModel
import Testing

extension Person {
    /// Sends an event that relates to another and gives its identifier.
    @discardableResult
    func relate(
        _ type: String, to parent: String, in room: String, eventType: String = "m.room.message", _ content: JSONValue = [:],
        key: String? = nil, transaction: String? = nil
    ) async throws -> String {
        var content = content
        var relation: JSONValue = ["rel_type": .string(type), "event_id": .string(parent)]
        if let key { relation["key"] = .string(key) }
        content["m.relates_to"] = relation
        let id = transaction ?? world.clock.environment.randomToken(bytes: 9)
        return try await put("/rooms/\(room)/send/\(eventType)/\(id)", content)["event_id"]?.string ?? ""
    }

    @discardableResult
    func edit(_ event: String, to text: String, in room: String) async throws -> String {
        try await relate(
            "m.replace", to: event, in: room,
            ["msgtype": "m.text", "body": .string("* \(text)"), "m.new_content": ["msgtype": "m.text", "body": .string(text)]])
    }

    @discardableResult
    func reply(_ text: String, inThread root: String, in room: String) async throws -> String {
        try await relate("m.thread", to: root, in: room, ["msgtype": "m.text", "body": .string(text)])
    }

    func relations(_ event: String, _ rest: String = "", in room: String, _ query: [(String, String)] = []) async throws -> JSON {
        try await world.call(.user(caller), .get, "/_matrix/client/v1/rooms/\(room)/relations/\(event)\(rest)", query: query)
    }

    /// What is told of an event's children.
    func bundle(_ event: String, in room: String) async throws -> JSON? {
        try await get("/rooms/\(room)/event/\(event)")["unsigned"]?["m.relations"]
    }

    func ignore(_ users: Person...) async throws {
        let ignored = Dictionary(uniqueKeysWithValues: users.map { ($0.name, JSONValue.object([:])) })
        try await world.setAccountData("m.ignored_user_list", ["ignored_users": .object(ignored)], of: user)
    }
}

@Suite struct RelationsTests {
    private func people(_ preset: String = "public_chat") async throws -> (alice: Person, bob: Person, room: String) {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": .string(preset)])
        try await bob.join(room)
        return (alice, bob, room)
    }

    private func identifiers(_ page: JSON) -> [String] { page["chunk"]?.elements.compactMap { $0["event_id"]?.string } ?? [] }

    // MARK: Edits

    @Test func `an event is told with its most recent edit`() async throws {
        let (alice, bob, room) = try await people()
        let event = try await alice.say("one", in: room)
        let nothing = try await bob.bundle(event, in: room)
        #expect(nothing == nil)
        try await alice.edit(event, to: "two", in: room)
        let last = try await alice.edit(event, to: "three", in: room)
        let told = try #require(try await bob.bundle(event, in: room)?["m.replace"])
        #expect(told["event_id"]?.string == last)
        #expect(told["content"]?["m.new_content"]?["body"]?.string == "three")
        #expect(told["room_id"]?.string == room)
        #expect(told["unsigned"]?["age"]?.integer != nil)
        // The content of the original stays as it is.
        let original = try await bob.get("/rooms/\(room)/event/\(event)")
        #expect(original["content"]?["body"]?.string == "one")
    }

    @Test func `an edit by somebody else, of another type, of an edit, or without new content does not count`() async throws {
        let (alice, bob, room) = try await people()
        let event = try await alice.say("one", in: room)
        try await bob.edit(event, to: "mine now", in: room)
        try await alice.relate("m.replace", to: event, in: room, eventType: "m.other", ["m.new_content": [:]])
        try await alice.relate("m.replace", to: event, in: room, ["msgtype": "m.text", "body": "no new content"])
        let none = try await bob.bundle(event, in: room)
        #expect(none == nil)
        let edit = try await alice.edit(event, to: "two", in: room)
        try await alice.edit(edit, to: "three", in: room)
        let ofEdit = try await bob.bundle(edit, in: room)
        #expect(ofEdit == nil)
    }

    @Test func `an encrypted event's edit counts without new content in clear`() async throws {
        let (alice, bob, room) = try await people()
        let event = try await alice.put("/rooms/\(room)/send/m.room.encrypted/a", ["ciphertext": "a"])["event_id"]?.string ?? ""
        let edit = try await alice.relate("m.replace", to: event, in: room, eventType: "m.room.encrypted", ["ciphertext": "b"])
        let told = try await bob.bundle(event, in: room)
        #expect(told?["m.replace"]?["event_id"]?.string == edit)
    }

    @Test func `a redacted edit uncovers the one before it, and a redacted event is told without edits`() async throws {
        let (alice, bob, room) = try await people()
        let event = try await alice.say("one", in: room)
        let first = try await alice.edit(event, to: "two", in: room)
        let second = try await alice.edit(event, to: "three", in: room)
        try await alice.put("/rooms/\(room)/redact/\(second)/r1")
        let told = try await bob.bundle(event, in: room)
        #expect(told?["m.replace"]?["event_id"]?.string == first)
        try await alice.put("/rooms/\(room)/redact/\(event)/r2")
        let redacted = try await bob.bundle(event, in: room)
        #expect(redacted == nil)
        let remaining = try await bob.relations(event, in: room)
        #expect(identifiers(remaining) == [first])
    }

    // MARK: References and annotations

    @Test func `references are listed, annotations are not told with the event`() async throws {
        let (alice, bob, room) = try await people()
        let event = try await alice.say("poll", in: room)
        let first = try await bob.relate("m.reference", to: event, in: room, eventType: "m.poll.response")
        let second = try await alice.relate("m.reference", to: event, in: room, eventType: "m.poll.response")
        try await bob.relate("m.annotation", to: event, in: room, eventType: "m.reaction", key: "👍")
        let told = try await alice.bundle(event, in: room)
        #expect(told?["m.reference"]?["chunk"]?.elements.compactMap { $0["event_id"]?.string } == [first, second])
        #expect(told?["m.annotation"] == nil)
        #expect(told?.count == 1)
    }

    @Test func `nobody annotates an event twice alike, but the same request may be repeated`() async throws {
        let (alice, bob, room) = try await people()
        let event = try await alice.say("hello", in: room)
        let first = try await bob.relate("m.annotation", to: event, in: room, eventType: "m.reaction", key: "👍", transaction: "t")
        let again = try await bob.relate("m.annotation", to: event, in: room, eventType: "m.reaction", key: "👍", transaction: "t")
        #expect(again == first)
        let refused = await failure { try await bob.relate("m.annotation", to: event, in: room, eventType: "m.reaction", key: "👍") }
        #expect(refused?.status == 400)
        #expect(refused?.code.rawValue == "M_DUPLICATE_ANNOTATION")
        try await bob.relate("m.annotation", to: event, in: room, eventType: "m.reaction", key: "🎉")
        try await alice.relate("m.annotation", to: event, in: room, eventType: "m.reaction", key: "👍")
        try await bob.put("/rooms/\(room)/redact/\(first)/r")
        try await bob.relate("m.annotation", to: event, in: room, eventType: "m.reaction", key: "👍")
    }

    @Test func `state events are told without their children`() async throws {
        let (alice, bob, room) = try await people()
        let topic = try await alice.setState("m.room.topic", ["topic": "t"], in: room)
        try await bob.relate("m.reference", to: topic, in: room)
        let told = try await bob.bundle(topic, in: room)
        #expect(told == nil)
        let children = try await bob.relations(topic, in: room)
        #expect(children["chunk"]?.count == 1)
    }

    @Test func `a child in another room is none`() async throws {
        let (alice, _, room) = try await people()
        let other = try await alice.createRoom()
        let event = try await alice.say("one", in: room)
        try await alice.edit(event, to: "two", in: other)
        let told = try await alice.bundle(event, in: room)
        #expect(told == nil)
        let children = try await alice.relations(event, in: room)
        #expect(children["chunk"]?.count == 0)
    }

    @Test func `ignored people's children are left out`() async throws {
        let (alice, bob, room) = try await people()
        let event = try await alice.say("root", in: room)
        let mine = try await alice.reply("a", inThread: event, in: room)
        try await bob.reply("b", inThread: event, in: room)
        try await bob.relate("m.reference", to: event, in: room)
        try await alice.ignore(bob)
        let told = try await alice.bundle(event, in: room)
        #expect(told?["m.thread"]?["count"]?.integer == 1)
        #expect(told?["m.thread"]?["latest_event"]?["event_id"]?.string == mine)
        #expect(told?["m.reference"] == nil)
        let children = try await alice.relations(event, in: room)
        #expect(identifiers(children) == [mine])
        let bobs = try await bob.bundle(event, in: room)
        #expect(bobs?["m.thread"]?["count"]?.integer == 2)
    }

    // MARK: Where they are told

    @Test func `pages, contexts and limited timelines tell bundles, unlimited ones do not`() async throws {
        let (alice, bob, room) = try await people()
        let event = try await alice.say("one", in: room)
        let token = try await bob.sync()["next_batch"]?.string ?? ""
        let edit = try await alice.edit(event, to: "two", in: room)
        func told(_ events: JSON?) -> String? {
            events?.elements.first { $0["event_id"]?.string == event }?["unsigned"]?["m.relations"]?["m.replace"]?["event_id"]?.string
        }
        let page = try await bob.get("/rooms/\(room)/messages", [("dir", "b")])
        #expect(told(page["chunk"]) == edit)
        let context = try await bob.get("/rooms/\(room)/context/\(edit)")
        #expect(told(context["events_before"]) == edit)
        let whole = try await bob.sync()["rooms"]?["join"]?[room]?["timeline"]
        #expect(told(whole?["events"]) == edit)
        let unlimited = try await bob.sync(since: token)["rooms"]?["join"]?[room]?["timeline"]
        #expect(unlimited?["limited"]?.bool == false)
        #expect(told(unlimited?["events"]) == nil)
    }

    @Test func `a limited stretch from memory tells the edits of its events`() async throws {
        let (alice, bob, room) = try await people()
        let token = try await bob.sync()["next_batch"]?.string ?? ""
        for number in 1...20 { try await alice.say("\(number)", in: room) }
        let event = try await alice.say("last", in: room)
        let edit = try await alice.edit(event, to: "very last", in: room)
        let timeline = try await bob.sync(since: token)["rooms"]?["join"]?[room]?["timeline"]
        #expect(timeline?["limited"]?.bool == true)
        let told = timeline?["events"]?.elements.first { $0["event_id"]?.string == event }?["unsigned"]?["m.relations"]
        #expect(told?["m.replace"]?["event_id"]?.string == edit)
    }

    // MARK: The list of children

    @Test func `children are listed by kind and type, in both directions and in pages`() async throws {
        let (alice, bob, room) = try await people()
        let event = try await alice.say("root", in: room)
        var replies: [String] = []
        for number in 1...7 { replies.append(try await bob.reply("\(number)", inThread: event, in: room)) }
        let reaction = try await bob.relate("m.annotation", to: event, in: room, eventType: "m.reaction", key: "👍")
        let all = try await alice.relations(event, in: room)
        #expect(identifiers(all) == [reaction] + replies.reversed())
        #expect(all["next_batch"] == nil)
        #expect(all["prev_batch"] == nil)
        let reactions = try await alice.relations(event, "/m.annotation", in: room)
        #expect(identifiers(reactions) == [reaction])
        let messages = try await alice.relations(event, "/m.thread/m.room.message", in: room, [("dir", "f")])
        #expect(identifiers(messages) == replies)
        let stickers = try await alice.relations(event, "/m.thread/m.sticker", in: room)
        #expect(stickers["chunk"]?.count == 0)
        for direction in ["b", "f"] {
            var seen: [String] = []
            var from: String?
            repeat {
                let query = [("dir", direction), ("limit", "3")] + (from.map { [("from", $0)] } ?? [])
                let page = try await alice.relations(event, "/m.thread", in: room, query)
                #expect(identifiers(page).count <= 3)
                #expect(page["prev_batch"]?.string == from)
                seen += identifiers(page)
                from = page["next_batch"]?.string
            } while from != nil
            #expect(seen == (direction == "b" ? replies.reversed() : replies))
        }
        #expect(await failure { try await alice.relations(event, in: room, [("from", "nonsense")]) }?.code == .invalidParam)
        #expect(await failure { try await alice.relations(event, in: room, [("dir", "x")]) }?.code == .invalidParam)
    }

    @Test func `recursion reaches the children of children`() async throws {
        let (alice, bob, room) = try await people()
        let event = try await alice.say("root", in: room)
        let reply = try await bob.reply("reply", inThread: event, in: room)
        let edit = try await bob.edit(reply, to: "better", in: room)
        let reaction = try await alice.relate("m.annotation", to: reply, in: room, eventType: "m.reaction", key: "👍")
        let direct = try await alice.relations(event, in: room)
        #expect(identifiers(direct) == [reply])
        #expect(direct["recursion_depth"] == nil)
        let deep = try await alice.relations(event, in: room, [("recurse", "true")])
        #expect(identifiers(deep) == [reaction, edit, reply])
        #expect(deep["recursion_depth"]?.integer == 3)
        let first = try await alice.relations(event, in: room, [("recurse", "true"), ("limit", "2")])
        #expect(identifiers(first) == [reaction, edit])
        let second = try await alice.relations(
            event, in: room, [("recurse", "true"), ("limit", "2"), ("from", first["next_batch"]?.string ?? "")])
        #expect(identifiers(second) == [reply])
        // "Events that would match the filter, but whose only relation to the original given event is through a non-matching intermediate event,
        // will not be included."
        let filtered = try await alice.relations(event, "/m.annotation", in: room, [("recurse", "true")])
        #expect(identifiers(filtered) == [])
        let unstable = try await alice.relations(event, in: room, [("org.matrix.msc3981.recurse", "true")])
        #expect(unstable["org.matrix.msc3981.recursion_depth"]?.integer == 3)
    }

    @Test func `the children of an event that one may not see are not found`() async throws {
        let (alice, _, room) = try await people()
        let carol = try await alice.world.person("carol")
        let event = try await alice.say("root", in: room)
        #expect(await failure { try await carol.relations(event, in: room) }?.code == .notFound)
        #expect(await failure { try await alice.relations("$nothing", in: room) }?.code == .notFound)
        #expect(await failure { try await alice.relations(event, in: "!nowhere:here.example") }?.code == .notFound)
    }

    @Test func `who left sees the children from before`() async throws {
        let (alice, bob, room) = try await people()
        let event = try await alice.say("root", in: room)
        let seen = try await alice.reply("seen", inThread: event, in: room)
        let edit = try await alice.edit(event, to: "seen", in: room)
        try await bob.leave(room)
        try await alice.reply("unseen", inThread: event, in: room)
        try await alice.edit(event, to: "unseen", in: room)
        try await alice.relate("m.reference", to: event, in: room)
        let told = try await bob.bundle(event, in: room)
        #expect(told?["m.thread"]?["count"]?.integer == 1)
        #expect(told?["m.thread"]?["latest_event"]?["event_id"]?.string == seen)
        #expect(told?["m.replace"]?["event_id"]?.string == edit)
        #expect(told?["m.reference"] == nil)
        let children = try await bob.relations(event, in: room)
        #expect(identifiers(children) == [edit, seen])
    }
}

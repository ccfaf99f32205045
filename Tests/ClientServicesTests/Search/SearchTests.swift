import Database
import MatrixModel
import Testing

@Suite struct SearchTests {
    private func world() async throws -> (alice: Person, bob: Person, carol: Person) {
        let world = try await RoomWorld()
        return (try await world.person("alice"), try await world.person("bob"), try await world.person("carol"))
    }

    private func criteria(_ term: String, _ more: JSONValue = [:]) -> JSONValue {
        var members = more
        members["search_term"] = .string(term)
        return ["search_categories": ["room_events": members]]
    }

    private func search(_ person: Person, _ term: String, _ more: JSONValue = [:], next: String? = nil) async throws -> JSON {
        let answer = try await person.post("/search", criteria(term, more), next.map { [("next_batch", $0)] } ?? [])
        return answer["search_categories"]?["room_events"] ?? JSON(.null)
    }

    private func bodies(_ found: JSON) -> [String] {
        found["results"]?.elements.compactMap { $0["result"]?["content"]?["body"]?.string } ?? []
    }

    private func found(_ person: Person, _ term: String, _ more: JSONValue = [:]) async throws -> [String] {
        try await bodies(search(person, term, more))
    }

    // MARK: Words

    @Test func `all words must occur, in any order, whatever case and accents`() async throws {
        let (alice, _, _) = try await world()
        let room = try await alice.createRoom()
        for text in ["The café is open", "open the gate", "an OPENING of cafés", "nothing here"] { try await alice.say(text, in: room) }
        #expect(try await found(alice, "cafe open") == ["The café is open"])
        #expect(try await Set(found(alice, "OPENING CAFÉ")) == ["an OPENING of cafés"])
        #expect(try await Set(found(alice, "open")) == ["The café is open", "open the gate", "an OPENING of cafés"])
        #expect(try await found(alice, "\"the gate\"") == ["open the gate"])
        #expect(try await found(alice, "\"gate the\"").isEmpty)
        #expect(try await found(alice, "absent").isEmpty)
        #expect(try await found(alice, "!?").isEmpty)
        #expect(try await search(alice, "Open, Gate!")["highlights"]?.value == ["open", "gate"])
    }

    @Test func `the last word stands for those that begin with it`() async throws {
        let (alice, _, _) = try await world()
        let room = try await alice.createRoom()
        try await alice.say("martians are coming", in: room)
        #expect(try await found(alice, "mart").count == 1)
        #expect(try await found(alice, "mart coming").isEmpty)
        #expect(try await found(alice, "coming mart").count == 1)
        #expect(try await found(alice, "\"mart\"").isEmpty)
    }

    @Test(arguments: [
        ("明日は東京タワーに行きます", "東京"), ("明日は東京タワーに行きます", "タワー"), ("我们在北京吃烤鸭", "烤鸭"), ("안녕하세요 여러분", "녕하"),
        ("สวัสดีชาวโลก", "ชาวโลก"), ("हिन्दी में लिखा", "हिन्दी"), ("Съешь ещё этих булок", "булок"), ("ΑΘΗΝΑ πόλη", "αθηνα"),
    ]) func `words of any script are found`(text: String, term: String) async throws {
        let (alice, _, _) = try await world()
        let room = try await alice.createRoom()
        try await alice.say(text, in: room)
        try await alice.say("something else", in: room)
        #expect(try await found(alice, term) == [text])
    }

    @Test func `parts of the query language have no meaning`() async throws {
        let (alice, _, _) = try await world()
        let room = try await alice.createRoom()
        try await alice.say("AND OR NOT NEAR body room", in: room)
        for term in ["AND", "OR", "NOT body", "NEAR(body)", "body:room", "body*", "^AND", "{body}", "a\" OR \"b", "room : r1", "(", "-body"] {
            _ = try await search(alice, term)
        }
        #expect(try await found(alice, "NOT body").count == 1)
        #expect(try await found(alice, "r1").isEmpty)
    }

    // MARK: Keys and filters

    @Test func `names and topics are found by their keys`() async throws {
        let (alice, _, _) = try await world()
        let room = try await alice.createRoom(["name": "Walrus club"])
        try await alice.setState("m.room.topic", ["topic": "all on walrus", "m.topic": ["m.text": [["body": "plain tusks"]]]], in: room)
        try await alice.say("walrus!", in: room)
        func types(_ term: String, _ more: JSONValue = [:]) async throws -> Set<String> {
            Set(try await search(alice, term, more)["results"]?.elements.compactMap { $0["result"]?["type"]?.string } ?? [])
        }
        #expect(try await types("walrus") == ["m.room.name", "m.room.topic", "m.room.message"])
        #expect(try await types("walrus", ["keys": ["content.name"]]) == ["m.room.name"])
        #expect(try await types("walrus", ["keys": ["content.topic", "content.body"]]) == ["m.room.topic", "m.room.message"])
        #expect(try await types("tusks", ["keys": ["content.topic"]]) == ["m.room.topic"])
        #expect(try await types("walrus", ["filter": ["types": ["m.room.message"]]]) == ["m.room.message"])
        #expect(try await types("walrus", ["filter": ["not_types": ["m.room.m*"]]]) == ["m.room.name", "m.room.topic"])
        #expect(await failure { try await search(alice, "x", ["keys": ["content.formatted_body"]]) }?.code == .invalidParam)
    }

    @Test func `filters choose rooms, senders and files`() async throws {
        let (alice, bob, _) = try await world()
        let first = try await alice.createRoom(["preset": "public_chat"])
        let second = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(first)
        try await alice.say("apple one", in: first)
        try await bob.say("apple two", in: first)
        try await alice.say("apple three", in: second)
        try await alice.put("/rooms/\(second)/send/m.room.message/f", ["msgtype": "m.file", "body": "apple.pdf", "url": "mxc://a/b"])
        func some(_ filter: JSONValue) async throws -> Set<String> { Set(try await found(alice, "apple", ["filter": filter])) }
        #expect(try await some(["rooms": [.string(first)]]) == ["apple one", "apple two"])
        #expect(try await some(["not_rooms": [.string(first)]]) == ["apple three", "apple.pdf"])
        #expect(try await some(["senders": [.string(bob.name)]]) == ["apple two"])
        #expect(try await some(["not_senders": [.string(alice.name)]]) == ["apple two"])
        #expect(try await some(["contains_url": true]) == ["apple.pdf"])
        #expect(try await some(["rooms": [.string(second)], "contains_url": false]) == ["apple three"])
        #expect(try await some(["rooms": ["!none:here.example", "nonsense"]]).isEmpty)
        #expect(try await some(["rooms": []]).isEmpty)
        #expect(try await found(alice, "apple", ["filter": ["limit": 1]]).count == 1)
    }

    // MARK: Who may see what

    @Test func `only what a person may see is found`() async throws {
        let (alice, bob, carol) = try await world()
        let room = try await alice.createRoom([
            "preset": "public_chat",
            "initial_state": [["type": "m.room.history_visibility", "content": ["history_visibility": "joined"]]],
        ])
        try await alice.say("secret before", in: room)
        try await bob.join(room)
        try await alice.say("secret during", in: room)
        try await bob.leave(room)
        try await alice.say("secret after", in: room)
        #expect(try await found(bob, "secret") == ["secret during"])
        #expect(try await found(carol, "secret").isEmpty)
        #expect(try await found(carol, "secret", ["filter": ["rooms": [.string(room)]]]).isEmpty)
        #expect(try await found(alice, "secret").count == 3)
        try await bob.post("/rooms/\(room)/forget")
        #expect(try await found(bob, "secret").isEmpty)
    }

    @Test func `a world-readable room is searched where it is asked for`() async throws {
        let (alice, bob, _) = try await world()
        let room = try await alice.createRoom([
            "initial_state": [["type": "m.room.history_visibility", "content": ["history_visibility": "world_readable"]]]
        ])
        try await alice.say("open book", in: room)
        #expect(try await found(bob, "book").isEmpty)
        #expect(try await found(bob, "book", ["filter": ["rooms": [.string(room)]]]) == ["open book"])
    }

    @Test func `ignored people are not found`() async throws {
        let (alice, bob, _) = try await world()
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        try await bob.say("spam spam", in: room)
        #expect(try await found(alice, "spam").count == 1)
        try await alice.world.setAccountData(
            "m.ignored_user_list", ["ignored_users": .object([bob.name: [:]])], of: alice.user)
        #expect(try await found(alice, "spam").isEmpty)
        #expect(try await found(bob, "spam").count == 1)
    }

    @Test func `encrypted events and other types are not indexed`() async throws {
        let (alice, _, _) = try await world()
        let room = try await alice.createRoom()
        try await alice.put(
            "/rooms/\(room)/send/m.room.encrypted/1", ["algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "needle", "body": "needle"])
        try await alice.put("/rooms/\(room)/send/org.example.note/1", ["body": "needle"])
        #expect(try await found(alice, "needle").isEmpty)
    }

    // MARK: Edits and redactions

    private func edit(_ person: Person, _ event: String, _ text: String, in room: String, _ transaction: String) async throws -> String {
        try await person.put(
            "/rooms/\(room)/send/m.room.message/\(transaction)",
            [
                "msgtype": "m.text", "body": .string("* " + text), "m.new_content": ["msgtype": "m.text", "body": .string(text)],
                "m.relates_to": ["rel_type": "m.replace", "event_id": .string(event)],
            ])["event_id"]?.string ?? ""
    }

    private func events(_ person: Person, _ term: String) async throws -> [String] {
        try await search(person, term)["results"]?.elements.compactMap { $0["result"]?["event_id"]?.string } ?? []
    }

    @Test func `an edited message is found by its last words`() async throws {
        let (alice, bob, _) = try await world()
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        let event = try await alice.say("first draft", in: room)
        #expect(try await events(alice, "draft") == [event])
        _ = try await edit(alice, event, "second version", in: room, "e1")
        #expect(try await events(alice, "draft").isEmpty)
        #expect(try await events(alice, "version") == [event])
        // Nobody edits what another wrote.
        _ = try await edit(bob, event, "forged words", in: room, "e2")
        #expect(try await events(alice, "forged").isEmpty)
        let third = try await edit(alice, event, "third attempt", in: room, "e3")
        #expect(try await events(alice, "attempt") == [event])
        // Without its last edit the message says again what it said before.
        try await alice.put("/rooms/\(room)/redact/\(third)/r1")
        #expect(try await events(alice, "attempt").isEmpty)
        #expect(try await events(alice, "version") == [event])
        try await alice.put("/rooms/\(room)/redact/\(event)/r2")
        for word in ["draft", "version", "attempt"] { #expect(try await events(alice, word).isEmpty) }
    }

    @Test func `an edit shows with the message that it changes`() async throws {
        let (alice, _, _) = try await world()
        let room = try await alice.createRoom()
        let event = try await alice.say("old words", in: room)
        let change = try await edit(alice, event, "new words", in: room, "e1")
        let result = try await search(alice, "new")["results"]?[0]?["result"]
        #expect(result?["event_id"]?.string == event)
        #expect(result?["unsigned"]?["m.relations"]?["m.replace"]?["event_id"]?.string == change)
    }

    @Test func `redacted content is gone from the index`() async throws {
        let (alice, _, _) = try await world()
        let room = try await alice.createRoom()
        let event = try await alice.say("regrettable words", in: room)
        #expect(try await events(alice, "regrettable") == [event])
        try await alice.put("/rooms/\(room)/redact/\(event)/r1")
        #expect(try await events(alice, "regrettable").isEmpty)
        let left = try await alice.world.database.read { try $0.first("SELECT count(*) FROM search_entries WHERE text LIKE '%regrettable%'")?.int(0) }
        #expect(left == 0)
    }

    // MARK: Order and pages

    @Test(arguments: ["recent", "rank"]) func `pages hold every result once`(order: String) async throws {
        let (alice, _, _) = try await world()
        let room = try await alice.createRoom()
        for number in 1...23 { try await alice.say("page \(String(repeating: "page ", count: number % 4))number \(number)", in: room) }
        var seen: [String] = []
        var ranks: [Double] = []
        var next: String?
        repeat {
            let page = try await search(alice, "page", ["order_by": .string(order), "filter": ["limit": 5]], next: next)
            #expect(page["count"]?.integer == 23)
            seen += bodies(page)
            ranks += page["results"]?.elements.compactMap { $0["rank"]?.numberText.flatMap { Double($0) } } ?? []
            next = page["next_batch"]?.string
            // What is written meanwhile does not shift the pages.
            try await alice.say("page late", in: room)
        } while next != nil
        #expect(seen.count == 23)
        #expect(Set(seen).count == 23)
        if order == "recent" {
            #expect(seen.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } } == (1...23).reversed())
        } else {
            #expect(ranks == ranks.sorted(by: >))
        }
    }

    @Test func `groups have pages of their own`() async throws {
        let (alice, bob, _) = try await world()
        let first = try await alice.createRoom(["preset": "public_chat"])
        let second = try await alice.createRoom()
        try await bob.join(first)
        for number in 1...6 {
            try await alice.say("fish \(number)", in: first)
            try await bob.say("fish bob \(number)", in: first)
            try await alice.say("fish second \(number)", in: second)
        }
        let wanted: JSONValue = [
            "order_by": "recent", "filter": ["limit": 4], "groupings": ["group_by": [["key": "room_id"], ["key": "sender"]]],
        ]
        let page = try await search(alice, "fish", wanted)
        #expect(page["groups"]?["room_id"]?[second]?["results"]?.count == 2)
        #expect(page["groups"]?["room_id"]?[first]?["results"]?.count == 2)
        #expect(page["groups"]?["sender"]?[bob.name]?["results"]?.count == 1)
        #expect(page["groups"]?["room_id"]?[second]?["order"]?.integer == 1)
        var seen: [String] = []
        var next = page["groups"]?["room_id"]?[second]?["next_batch"]?.string
        #expect(next != nil)
        while let token = next {
            let more = try await search(alice, "fish", wanted, next: token)
            seen += bodies(more)
            next = more["next_batch"]?.string
        }
        #expect(seen == (1...4).reversed().map { "fish second \($0)" })

        let token = page["groups"]?["sender"]?[bob.name]?["next_batch"]?.string
        #expect(try await bodies(search(alice, "fish", wanted, next: token)) == (2...5).reversed().map { "fish bob \($0)" })
        #expect(await failure { try await search(alice, "fish", next: "nonsense") }?.code == .invalidParam)
        #expect(await failure { try await search(alice, "fish", ["groupings": ["group_by": [["key": "type"]]]]) }?.code == .invalidParam)
        #expect(await failure { try await search(alice, "fish", ["order_by": "oldest"]) }?.code == .invalidParam)
    }

    @Test func `surroundings, profiles and state come along where they are wanted`() async throws {
        let (alice, bob, _) = try await world()
        let world = alice.world
        try await world.setProfile(bob.user, name: "Bobby", avatar: "mxc://here.example/b")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        for number in 1...4 { try await bob.say("before \(number)", in: room) }
        try await alice.say("the target", in: room)
        for number in 1...4 { try await alice.say("after \(number)", in: room) }
        let bare = try await search(alice, "target")
        #expect(bare["results"]?[0]?["context"] == nil)
        #expect(bare["state"] == nil)
        let found = try await search(
            alice, "target", ["include_state": true, "event_context": ["before_limit": 2, "after_limit": 3, "include_profile": true]])
        let context = found["results"]?[0]?["context"]
        func texts(_ list: JSON?) -> [String] { list?.elements.compactMap { $0["content"]?["body"]?.string } ?? [] }
        #expect(texts(context?["events_before"]) == ["before 4", "before 3"])
        #expect(texts(context?["events_after"]) == ["after 1", "after 2", "after 3"])
        #expect(context?["profile_info"]?[bob.name]?.value == ["displayname": "Bobby", "avatar_url": "mxc://here.example/b"])
        let earlier = try await alice.get("/rooms/\(room)/messages", [("dir", "b"), ("from", context?["start"]?.string ?? ""), ("limit", "1")])
        #expect(texts(earlier["chunk"]) == ["before 2"])
        let later = try await alice.get("/rooms/\(room)/messages", [("dir", "f"), ("from", context?["end"]?.string ?? ""), ("limit", "1")])
        #expect(texts(later["chunk"]) == ["after 4"])
        #expect(found["state"]?[room]?.elements.contains { $0["type"]?.string == "m.room.create" } == true)
    }

    // MARK: The index

    @Test func `a database from before is indexed, and indexing twice changes nothing`() async throws {
        let (alice, _, _) = try await world()
        let room = try await alice.createRoom()
        for number in 1...450 { try await alice.say("number \(number)", in: room) }
        #expect(try await search(alice, "number")["count"]?.integer == 450)
        // As if the index had been lost after half of its work: the cursor stands behind what it has.
        try await alice.world.database.write { _ = try $0.execute("UPDATE cursors SET position = 200 WHERE name = 'event index'") }
        #expect(try await search(alice, "number")["count"]?.integer == 450)
        try await alice.world.database.write { transaction in
            _ = try transaction.execute("UPDATE cursors SET position = 0 WHERE name = 'event index'")
            _ = try transaction.execute("DELETE FROM event_times")
        }
        #expect(try await search(alice, "450")["count"]?.integer == 1)
        let restarted = try await alice.world.restarted()
        let again = Person(world: restarted, caller: alice.caller)
        #expect(try await search(again, "number")["count"]?.integer == 450)
    }

    @Test func `a request without categories is answered empty, a malformed one refused`() async throws {
        let (alice, _, _) = try await world()
        #expect(try await alice.post("/search", ["search_categories": [:]])["search_categories"]?.value == [:])
        #expect(await failure { try await alice.post("/search", [:]) }?.code == .missingParam)
        #expect(await failure { try await alice.post("/search", ["search_categories": ["room_events": [:]]]) }?.code == .missingParam)
        #expect(await failure { try await alice.post("/search", ["search_categories": ["room_events": ["search_term": 5]]]) }?.code == .badJSON)
    }
}

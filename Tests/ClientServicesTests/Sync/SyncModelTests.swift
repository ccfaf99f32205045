import MatrixModel
import Testing

/// Random people doing random things: whoever followed by increments knows what a fresh sync tells.
@Suite struct SyncModelTests {
    @Test(arguments: 1...16)
    func `increments add up to a fresh sync`(seed: UInt64) async throws {
        var run = try await RandomRun(seed: seed, people: 4)
        try await run.begin(observers: 4)
        for _ in 0..<60 { try await run.step() }
        let differences = try await run.finish(checksOldRooms: true)
        #expect(differences.isEmpty, "seed \(seed): \(differences.prefix(8).joined(separator: "\n"))")
    }

    /// Each seed begins where the one before ended, with clients that know nothing.
    @Test(arguments: 0..<25)
    func `increments add up whatever went before`(block: UInt64) async throws {
        var run = try await RandomRun(seed: 1_000 + block, people: 3)
        for seed in block * 80..<(block + 1) * 80 {
            run.reseed(10_000 + seed)
            try await run.begin(observers: 2)
            for _ in 0..<6 { try await run.step() }
            let differences = try await run.finish(checksOldRooms: false)
            #expect(differences.isEmpty, "block \(block), seed \(seed): \(differences.prefix(8).joined(separator: "\n"))")
            guard differences.isEmpty else { return }
        }
    }
}

/// One seeded course of events.
private struct RandomRun {
    private var world: RoomWorld
    private var people: [Person] = []
    /// Those who sync, by their place among the people.
    private var models: [Int: ClientModel] = [:]
    /// Each person's way to sync: how long a timeline, and which form of the state.
    private var queries: [[(String, String)]] = []
    private var rooms: [String] = []
    private var events: [String: [String]] = [:]
    private var random: UInt64

    init(seed: UInt64, people count: Int) async throws {
        world = try await RoomWorld(seed: seed)
        random = seed
        for number in 0..<count { people.append(try await world.person("user\(number)")) }
    }

    mutating func reseed(_ seed: UInt64) { random = seed &* 0x2545_F491_4F6C_DD1D }

    /// Lets some people begin to follow, and forget what they followed before.
    mutating func begin(observers: Int) async throws {
        models = [:]
        queries = people.indices.map { _ in
            let limit = 1 + pick(12)
            let filter = #"{"room":{"timeline":{"limit":\#(limit),"unread_thread_notifications":true}}}"#
            return [("filter", filter)] + (pick(2) == 0 ? [("use_state_after", "true")] : [])
        }
        let first = pick(people.count)
        for number in (0..<observers).map({ (first + $0) % people.count }) {
            models[number] = ClientModel(stateMember: stateMember(number))
            if pick(2) == 0 { try await sync(number) }
        }
    }

    private func stateMember(_ number: Int) -> String { queries[number].count > 1 ? "state_after" : "state" }

    private mutating func pick(_ count: Int) -> Int {
        // SplitMix64, apart from the world's, so that what the server draws does not change the course.
        random &+= 0x9E37_79B9_7F4A_7C15
        var value = random
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(count))
    }

    mutating func step() async throws {
        let observers = models.keys.sorted()
        if pick(4) == 0 { return try await sync(observers[pick(observers.count)]) }
        if pick(40) == 0 { return try await restart() }
        // What the rules refuse is refused; the course goes on.
        do { try await act(people[pick(people.count)]) } catch is MatrixError {}
    }

    private mutating func restart() async throws {
        world = try await world.restarted()
        people = people.map { Person(world: world, caller: $0.caller) }
        // Nobody types any more, and nobody is told: a new start forgets it.
        for number in models.keys { for room in models[number]?.joined.keys.sorted() ?? [] { models[number]?.joined[room]?.typing = [] } }
    }

    private mutating func act(_ person: Person) async throws {
        if rooms.isEmpty || pick(max(25, rooms.count * 20)) == 0 { return try await createRoom(person) }
        let room = rooms[pick(rooms.count)]
        let other = people[pick(people.count)]
        switch pick(26) {
        case 0...3: events[room, default: []].append(try await person.say("\(pick(1_000))", in: room))
        case 4, 5: try await mention(person, other, in: room)
        case 6: try await person.setState("m.room.topic", ["topic": .string("\(pick(5))")], in: room)
        case 7: try await person.setState("m.room.name", ["name": .string("\(pick(5))")], in: room)
        case 8, 9: try await person.join(room)
        case 10: try await person.leave(room)
        case 11: try await person.invite(other, to: room)
        case 12: try await person.post("/rooms/\(room)/\(["kick", "ban", "unban"][pick(3)])", ["user_id": .string(other.name)])
        case 13: try await person.post("/knock/\(room)")
        case 14: try await person.setState("m.room.join_rules", ["join_rule": .string(["public", "invite", "knock"][pick(3)])], in: room)
        case 15...17: try await read(person, in: room)
        case 18: try await world.setAccountData("org.example.\(pick(2))", ["v": .integer(pick(9))], room: pick(2) == 0 ? room : nil, of: person.user)
        case 19:
            guard let known = events[room], !known.isEmpty else { return }
            try await person.put("/rooms/\(room)/redact/\(known[pick(known.count)])/\(pick(1_000_000))", [:])
        case 20, 21: try await relate(person, in: room)
        case 22: try await changeRules(person, other, room)
        case 23: try await person.put("/rooms/\(room)/typing/\(person.name)", ["typing": .bool(pick(2) == 0), "timeout": 100_000])
        case 24: try await world.setAccountData("m.tag", ["tags": ["u.\(pick(3))": [:]]], room: room, of: person.user)
        default: try await world.setProfile(person.user, name: "Name \(pick(9))", avatar: "mxc://a/\(pick(9))")
        }
    }

    private mutating func createRoom(_ person: Person) async throws {
        let presets = ["private_chat", "public_chat", "trusted_private_chat"]
        let visibilities = ["shared", "invited", "joined", "world_readable"]
        let version = ["6", "10", "11", "12"][pick(4)]
        rooms.append(
            try await person.createRoom([
                "preset": .string(presets[pick(3)]), "room_version": .string(version),
                "initial_state": [
                    ["type": "m.room.history_visibility", "content": ["history_visibility": .string(visibilities[pick(4)])]]
                ],
            ]))
    }

    private mutating func send(_ person: Person, _ type: String, _ content: JSONValue, in room: String) async throws {
        let answer = try await person.put("/rooms/\(room)/send/\(type)/\(pick(1 << 40))", content)
        events[room, default: []].append(answer["event_id"]?.string ?? "")
    }

    private mutating func mention(_ person: Person, _ other: Person, in room: String) async throws {
        let mentions: JSONValue = pick(3) == 0 ? ["room": true] : ["user_ids": [.string(other.name)]]
        try await send(person, "m.room.message", ["msgtype": "m.text", "body": "cake", "m.mentions": mentions], in: room)
    }

    /// A reply in a thread, an edit, a reference or a reaction.
    private mutating func relate(_ person: Person, in room: String) async throws {
        guard let known = events[room], !known.isEmpty else { return }
        let type = ["m.thread", "m.thread", "m.replace", "m.annotation", "m.reference"][pick(5)]
        let relation: JSONValue = ["rel_type": .string(type), "event_id": .string(known[pick(known.count)]), "key": .string("\(pick(1_000))")]
        try await send(
            person, type == "m.annotation" ? "m.reaction" : "m.room.message",
            ["msgtype": "m.text", "body": "about", "m.relates_to": relation, "m.new_content": ["msgtype": "m.text", "body": "new"]], in: room)
    }

    private mutating func read(_ person: Person, in room: String) async throws {
        guard let known = events[room], !known.isEmpty else { return }
        let type = ["m.read", "m.read.private", "m.fully_read"][pick(3)]
        let event = known[known.count - 1 - pick(min(known.count, 5))]
        let thread: [JSONValue] = type == "m.fully_read" ? [[:]] : [[:], ["thread_id": "main"], ["thread_id": .string(known[pick(known.count)])]]
        try await person.post("/rooms/\(room)/receipt/\(type)/\(event)", thread[pick(thread.count)])
    }

    private mutating func changeRules(_ person: Person, _ other: Person, _ room: String) async throws {
        if pick(4) == 0 {
            // What was hidden or shown before stays so with who has it: who ignores others begins anew.
            if let number = people.firstIndex(where: { $0.name == person.name }), models[number] != nil {
                models[number] = ClientModel(stateMember: stateMember(number))
            }
            return try await world.setAccountData(
                "m.ignored_user_list", ["ignored_users": pick(2) == 0 && other.name != person.name ? [other.name: [:]] : [:]], of: person.user)
        }
        let rules: [JSONValue] = [
            [:], ["content": [["rule_id": "cake", "pattern": "cake", "enabled": true, "actions": ["notify", ["set_tweak": "highlight"]]]]],
            ["room": [["rule_id": .string(room), "enabled": true, "actions": []]]],
            ["override": [["rule_id": ".m.rule.master", "default": true, "enabled": true, "actions": []]]],
            ["underride": [["rule_id": ".m.rule.message", "default": true, "enabled": true, "actions": []]]],
            ["sender": [["rule_id": .string(other.name), "enabled": true, "actions": []]]],
            [
                "override": [
                    ["rule_id": ".m.rule.reaction", "default": true, "enabled": false, "actions": []],
                    [
                        "rule_id": "all", "enabled": true, "actions": ["notify"],
                        "conditions": [["kind": "event_match", "key": "type", "pattern": "m.reac*"], ["kind": "room_member_count", "is": ">1"]],
                    ],
                ]
            ],
        ]
        try await world.setAccountData("m.push_rules", ["global": rules[pick(rules.count)]], of: person.user)
    }

    // MARK: Judging

    private mutating func sync(_ number: Int) async throws {
        let answer = try await people[number].sync(since: models[number]?.token, queries[number])
        models[number]?.apply(answer)
    }

    /// The observers sync to the end; gives what differs from fresh syncs, and from what a look at everything tells.
    mutating func finish(checksOldRooms: Bool) async throws -> [String] {
        var differences: [String] = []
        var fresh: [Int: ClientModel] = [:]
        for number in models.keys.sorted() {
            try await sync(number)
            let answer = try await people[number].sync(since: models[number]?.token, queries[number])
            models[number]?.apply(answer)
            if answer["rooms"]?["join"]?.count != 0 { differences.append("\(people[number].name): news after the end") }
            var model = ClientModel(stateMember: stateMember(number))
            model.apply(try await people[number].sync(queries[number]))
            fresh[number] = model
            differences += models[number]?.differences(from: model).map { "\(people[number].name): \($0)" } ?? []
        }
        // What memory counted, the database alone counts too.
        if pick(3) == 0 {
            if pick(2) == 0 { try await world.forgetCounts() }
            try await restart()
            for number in fresh.keys.sorted() {
                var model = ClientModel(stateMember: stateMember(number))
                model.apply(try await people[number].sync(queries[number]))
                for (id, room) in model.joined
                where room.unread != fresh[number]?.joined[id]?.unread || room.threads != fresh[number]?.joined[id]?.threads {
                    differences.append("\(people[number].name) \(id): \(room.unread) \(room.threads) after a restart")
                }
            }
        }
        for number in fresh.keys.sorted() {
            for (id, room) in (fresh[number]?.joined ?? [:]).sorted(by: { $0.key < $1.key }) where checksOldRooms || pick(3) == 0 {
                differences += try await check(people[number], id, room, fresh[number]?.accountData ?? [:])
            }
        }
        return differences
    }

    private func check(_ person: Person, _ id: String, _ room: ClientModel.Room, _ accountData: [String: JSONValue]) async throws -> [String] {
        var differences: [String] = []
        let state = try await person.get("/rooms/\(id)/state")
        for event in state.elements {
            let key = StateKey(event["type"]?.string ?? "", event["state_key"]?.string ?? "")
            if room.state[key] != event["event_id"]?.string { differences.append("\(id) \(key) is not what /state tells") }
        }
        if state.count != room.state.count { differences.append("\(id) has \(room.state.count) slots, not \(state.count)") }
        let oracle = UnreadOracle(person: person, accountData: accountData)
        guard var expected = try await oracle.counts(id, receipts: room.receipts) else { return differences }
        let main = expected.removeValue(forKey: "main") ?? [0, 0]
        if room.unread != main || room.threads != expected {
            differences.append("\(person.name) \(id): unread \(room.unread) \(room.threads), not \(main) \(expected)")
        }
        return differences
    }
}

import MatrixModel
import Testing

/// Random people doing random things: whoever followed by increments knows what a fresh sync tells.
@Suite struct SyncModelTests {
    @Test(arguments: 1...100)
    func `increments add up to a fresh sync`(seed: UInt64) async throws {
        var run = try await RandomRun(seed: seed)
        for _ in 0..<60 { try await run.step() }
        let differences = try await run.finish()
        #expect(differences.isEmpty, "seed \(seed): \(differences.prefix(8).joined(separator: "\n"))")
    }
}

/// One seeded course of events.
private struct RandomRun {
    private var world: RoomWorld
    private var people: [Person] = []
    private var models: [ClientModel] = []
    /// Each person's way to sync: how long a timeline, and which form of the state.
    private var queries: [[(String, String)]] = []
    private var rooms: [String] = []
    private var events: [String: [String]] = [:]

    init(seed: UInt64) async throws {
        world = try await RoomWorld(seed: seed)
        for number in 0..<4 {
            people.append(try await world.person("user\(number)"))
            let after = (seed + UInt64(number)) % 2 == 0
            models.append(ClientModel(stateMember: after ? "state_after" : "state"))
            let limit = 1 + pick(12)
            queries.append([("filter", #"{"room":{"timeline":{"limit":\#(limit)}}}"#)] + (after ? [("use_state_after", "true")] : []))
        }
    }

    private func pick(_ count: Int) -> Int { Int(world.clock.next() % UInt64(count)) }

    mutating func step() async throws {
        if pick(4) == 0 { return try await sync(pick(people.count)) }
        if pick(40) == 0 { return try await restart() }
        // What the rules refuse is refused; the course goes on.
        do { try await act(people[pick(people.count)]) } catch is MatrixError {}
    }

    private mutating func restart() async throws {
        world = try await world.restarted()
        people = people.map { Person(world: world, caller: $0.caller) }
    }

    private mutating func act(_ person: Person) async throws {
        if rooms.isEmpty || pick(25) == 0 {
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
            return
        }
        let room = rooms[pick(rooms.count)]
        let other = people[pick(people.count)]
        switch pick(20) {
        case 0...5: events[room, default: []].append(try await person.say("\(pick(1_000))", in: room))
        case 6: try await person.setState("m.room.topic", ["topic": .string("\(pick(5))")], in: room)
        case 7: try await person.setState("m.room.name", ["name": .string("\(pick(5))")], in: room)
        case 8, 9: try await person.join(room)
        case 10: try await person.leave(room)
        case 11: try await person.invite(other, to: room)
        case 12: try await person.post("/rooms/\(room)/\(["kick", "ban", "unban"][pick(3)])", ["user_id": .string(other.name)])
        case 13: try await person.post("/knock/\(room)")
        case 14: try await person.setState("m.room.join_rules", ["join_rule": .string(["public", "invite", "knock"][pick(3)])], in: room)
        case 15, 16:
            guard let known = events[room], !known.isEmpty else { return }
            let type = ["m.read", "m.read.private", "m.fully_read"][pick(3)]
            try await person.post("/rooms/\(room)/receipt/\(type)/\(known[pick(known.count)])")
        case 17: try await world.setAccountData("org.example.\(pick(2))", ["v": .integer(pick(9))], room: pick(2) == 0 ? room : nil, of: person.user)
        case 18:
            guard let known = events[room], !known.isEmpty else { return }
            try await person.put("/rooms/\(room)/redact/\(known[pick(known.count)])/\(pick(10_000))", [:])
        default: try await world.setProfile(person.user, name: "Name \(pick(9))", avatar: "mxc://a/\(pick(9))")
        }
    }

    private mutating func sync(_ number: Int) async throws {
        models[number].apply(try await people[number].sync(since: models[number].token, queries[number]))
    }

    /// Everybody syncs to the end; gives what differs from fresh syncs.
    mutating func finish() async throws -> [String] {
        var differences: [String] = []
        for number in people.indices {
            try await sync(number)
            let answer = try await people[number].sync(since: models[number].token, queries[number])
            models[number].apply(answer)
            if answer["rooms"]?["join"]?.count != 0 { differences.append("\(people[number].name): news after the end") }
            var fresh = ClientModel(stateMember: queries[number].count > 1 ? "state_after" : "state")
            fresh.apply(try await people[number].sync(queries[number]))
            differences += models[number].differences(from: fresh).map { "\(people[number].name): \($0)" }
            for (id, room) in fresh.joined {
                let state = try await people[number].get("/rooms/\(id)/state")
                for event in state.elements {
                    let key = StateKey(event["type"]?.string ?? "", event["state_key"]?.string ?? "")
                    if room.state[key] != event["event_id"]?.string { differences.append("\(id) \(key) is not what /state tells") }
                }
                if state.count != room.state.count { differences.append("\(id) has \(room.state.count) slots, not \(state.count)") }
            }
        }
        return differences
    }
}

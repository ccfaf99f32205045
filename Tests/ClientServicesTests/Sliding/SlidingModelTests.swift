import MatrixAPI
import MatrixModel
import Testing

/// Random people, windows that move, lost answers and restarts: whoever followed by increments knows what a client that begins now is told.
@Suite struct SlidingModelTests {
    /// Seeds that share a server; each has a connection of its own.
    private static let seedsPerWorld = 25

    @Test(arguments: 0..<80)
    func `increments add up to what a new connection is told`(batch: Int) async throws {
        var course = try await SlidingCourse(seed: UInt64(batch))
        for seed in 0..<SlidingModelTests.seedsPerWorld {
            let name = "\(batch * SlidingModelTests.seedsPerWorld + seed)"
            let differences = try await course.run(name)
            #expect(differences.isEmpty, "seed \(name): \(differences.prefix(8).joined(separator: "\n"))")
            guard differences.isEmpty else { return }
        }
    }
}

/// One server with people who go on from seed to seed.
private struct SlidingCourse {
    private var world: RoomWorld
    private var people: [Person] = []
    private var rooms: [String] = []
    private var events: [String: [String]] = [:]

    /// One person's connection, with what it was told.
    private struct Follower {
        var number: Int
        var client: SlidingClient
        var model = SlidingModel()
        var isLazy: Bool
    }
    private var follower: Follower

    init(seed: UInt64) async throws {
        world = try await RoomWorld(seed: seed)
        for number in 0..<3 { people.append(try await world.person("user\(number)")) }
        follower = Follower(number: 0, client: SlidingClient(people[0]), isLazy: false)
        for number in 0..<2 { try await makeRoom(number) }
    }

    private func pick(_ count: Int) -> Int { Int(world.clock.next() % UInt64(count)) }

    mutating func run(_ name: String) async throws -> [String] {
        if rooms.count < 3, pick(10) == 0 { try await makeRoom(pick(3)) }
        let number = pick(3)
        follower = Follower(
            number: number, client: SlidingClient(people[number], connection: "f", path: SlidingClient.stable), isLazy: pick(2) == 0)
        try await sync()
        for _ in 0..<5 {
            switch pick(12) {
            case 0...3: try await sync()
            case 4 where pick(6) == 0: try await restart()
            default:
                // What the rules refuse is refused; the course goes on.
                do { try await act(people[pick(3)]) } catch is MatrixError {}
            }
        }
        return try await finish(name)
    }

    private mutating func restart() async throws {
        world = try await world.restarted()
        people = people.map { Person(world: world, caller: $0.caller) }
        follower.client.person = people[follower.number]
    }

    private mutating func makeRoom(_ number: Int) async throws {
        let visibilities = ["shared", "invited", "joined", "world_readable"]
        let room = try await people[number].createRoom([
            "preset": .string(["private_chat", "public_chat"][pick(2)]),
            "initial_state": [["type": "m.room.history_visibility", "content": ["history_visibility": .string(visibilities[pick(4)])]]],
        ])
        rooms.append(room)
    }

    private mutating func act(_ person: Person) async throws {
        let room = rooms[pick(rooms.count)]
        let other = people[pick(3)]
        switch pick(20) {
        case 0...5: events[room, default: []].append(try await person.say("\(pick(1_000))", in: room))
        case 6: try await person.setState("m.room.topic", ["topic": .string("\(pick(5))")], in: room)
        case 7: try await person.setState("m.room.name", pick(3) == 0 ? [:] : ["name": .string("\(pick(5))")], in: room)
        case 8, 9: try await person.join(room)
        case 10: try await person.leave(room)
        case 11: try await person.invite(other, to: room)
        case 12: try await person.post("/rooms/\(room)/\(["kick", "ban", "unban"][pick(3)])", ["user_id": .string(other.name)])
        case 13: try await person.setState("m.room.avatar", ["url": .string("mxc://a/\(pick(5))")], in: room)
        case 14: try await person.setState("m.room.member", ["membership": "join", "displayname": .string("\(pick(9))")], key: person.name, in: room)
        case 15, 16:
            guard let known = events[room]?.suffix(6), !known.isEmpty else { return }
            try await person.post("/rooms/\(room)/receipt/\(["m.read", "m.read.private"][pick(2)])/\(Array(known)[pick(known.count)])")
        case 17: try await world.setAccountData("org.example.\(pick(2))", ["v": .integer(pick(9))], room: pick(2) == 0 ? room : nil, of: person.user)
        case 18: try await world.setAccountData("m.direct", pick(2) == 0 ? [:] : [other.name: [.string(room)]], of: person.user)
        default:
            guard let known = events[room]?.suffix(6), !known.isEmpty else { return }
            try await person.put("/rooms/\(room)/redact/\(Array(known)[pick(known.count)])/\(pick(100_000))", [:])
        }
    }

    // MARK: Requests

    /// Some windows, subscriptions and extensions; sometimes the answer is lost.
    private mutating func sync() async throws {
        var list: JSONValue = ["timeline_limit": .integer(pick(5)), "required_state": someState()]
        if pick(4) > 0 { list["range"] = [0, .integer(pick(4))] }
        if pick(5) == 0 { list["filters"] = [["is_dm": true], ["is_invited": false], ["is_dm": false]][pick(3)] }
        var body: JSONValue = [:]
        if pick(6) > 0 { body["lists"] = ["all": list] }
        if pick(2) == 0 {
            body["room_subscriptions"] = [
                rooms[pick(rooms.count)]: ["timeline_limit": .integer(pick(7)), "required_state": someState()]
            ]
        }
        var extensions: JSONValue = [:]
        for name in ["account_data", "receipts"] where pick(4) > 0 {
            var config: JSONValue = ["enabled": true]
            if pick(3) == 0 { config["lists"] = pick(2) == 0 ? [] : ["all"] }
            if pick(3) == 0 { config["rooms"] = pick(2) == 0 ? [] : ["*"] }
            extensions[name] = config
        }
        body["extensions"] = extensions
        if follower.client.position != nil, pick(4) == 0 { _ = try await follower.client.ask(body) }
        follower.model.apply(try await follower.client.sync(body))
    }

    private func someState() -> JSONValue {
        switch pick(5) {
        case 0: [:]
        case 1: ["include": [["type": "m.room.topic"], ["type": "m.room.create", "state_key": ""]]]
        case 2: ["include": [["type": "m.room.name", "state_key": ""]], "lazy_members": true]
        default: wholeState()
        }
    }

    /// All of the state; of members all, or those that are needed and the person.
    private func wholeState() -> JSONValue {
        guard follower.isLazy else { return ["include": [[:]]] }
        return ["include": [[:], ["type": "m.room.member", "state_key": .string(follower.client.person.name)]], "lazy_members": true]
    }

    /// Sees everything and compares that with what a new connection sees.
    private mutating func finish(_ name: String) async throws -> [String] {
        let limit = 1 + pick(6)
        let body: JSONValue = [
            "lists": ["all": ["timeline_limit": .integer(limit), "required_state": wholeState()]],
            "extensions": ["account_data": ["enabled": true], "receipts": ["enabled": true]],
        ]
        follower.model.apply(try await follower.client.sync(body))
        let after = try await follower.client.sync(body)
        var differences: [String] = []
        if !after.toldRooms.isEmpty { differences.append("news after the end of \(after.toldRooms)") }
        if after["extensions"]?.count != 0 { differences.append("extensions after the end") }
        var fresh = SlidingModel()
        fresh.apply(try await SlidingClient(follower.client.person, connection: "fresh", path: SlidingClient.stable).ask(body))
        differences += follower.model.differences(
            from: fresh, limit: limit, withMembers: !follower.isLazy, own: follower.client.person.name)
        return differences.map { "\(name), \(follower.client.person.name): \($0)" }
    }
}

import MatrixModel
import RoomGraph
import Testing

@Suite struct StateResolutionTests {
    private let alice = Fixture.alice
    private let bob = Fixture.bob

    private func resolve(_ sets: [[Event]], _ events: [Event], version: RoomVersion) -> [StateKey: EventID] {
        let byID = Dictionary((events + sets.flatMap { $0 }).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return StateResolution.resolve(sets: sets.map { states($0) }, rules: version.rules, events: { byID[$0] })
    }

    private func states(_ events: [Event]) -> [StateKey: EventID] {
        var state: [StateKey: EventID] = [:]
        for event in events { if let slot = event.slot { state[slot] = event.id } }
        return state
    }

    @Test func `nothing resolves to nothing, one state and equal states to themselves`() {
        let state = states([Fixture.create(), Fixture.member(alice, "join")])
        #expect(StateResolution.resolve(sets: [], rules: .v11, events: { _ in nil }) == [:])
        for version in RoomVersion.allCases {
            #expect(StateResolution.resolve(sets: [state], rules: version.rules, events: { _ in nil }) == state)
            #expect(StateResolution.resolve(sets: [state, state], rules: version.rules, events: { _ in nil }) == state)
        }
    }

    @Test func `version 1 takes the deepest power levels that their predecessors allow`() {
        let base = [Fixture.create(version: .v1), Fixture.member(alice, "join", version: .v1), Fixture.member(bob, "join", version: .v1)]
        func levels(_ id: String, _ bobs: Int, depth: Int, by sender: String) -> Event {
            Fixture.event(
                id, "m.room.power_levels", stateKey: "", sender: sender,
                content: ["users": ["@alice:a.test": 100, "@bob:b.test": .integer(bobs)]], depth: depth, version: .v1)
        }
        let first = levels("$1", 50, depth: 5, by: alice)
        let second = levels("$2", 60, depth: 6, by: alice)
        let stolen = levels("$3", 100, depth: 7, by: bob)
        let resolved = resolve([base + [first], base + [second], base + [stolen]], [], version: .v1)
        #expect(resolved[.powerLevels] == second.id)
    }

    @Test func `version 1 takes the topic of the lowest hash among equally deep ones, and the least deep where none is allowed`() {
        let base = [Fixture.create(version: .v1), Fixture.member(alice, "join", version: .v1)]
        func topic(_ id: String, depth: Int, by sender: String) -> Event {
            Fixture.event(id, "m.room.topic", stateKey: "", sender: sender, content: ["topic": .string(id)], depth: depth, version: .v1)
        }
        // SHA-1 of "$x" begins with 36fb, of "$y" with 4829.
        for order in [["$x", "$y"], ["$y", "$x"]] {
            let sets = order.map { base + [topic($0, depth: 5, by: alice)] }
            #expect(resolve(sets, [], version: .v1)[.topic]?.description == "$x")
        }
        let refused = resolve([base + [topic("$p", depth: 5, by: bob)], base + [topic("$q", depth: 4, by: bob)]], [], version: .v1)
        #expect(refused[.topic]?.description == "$q")
        #expect(resolve([base, base + [topic("$p", depth: 5, by: bob)]], [], version: .v1)[.topic]?.description == "$p")
    }

    @Test(arguments: [RoomVersion.v2, .v11, .v12])
    func `a ban beats what the banned did at the same time`(version: RoomVersion) {
        let create = Fixture.create(version: version)
        let levels = Fixture.powerLevels(
            ["users": version == .v12 ? ["@bob:b.test": 50] : ["@alice:a.test": 100, "@bob:b.test": 50]], version: version)
        let join = Fixture.member(bob, "join", version: version)
        let own = Fixture.member(alice, "join", version: version)
        let base = [create, own, levels, join]
        let cited = (version == .v12 ? [] : ["$create"]) + ["$levels"]
        let ban = Fixture.event(
            "$ban", "m.room.member", stateKey: bob, sender: alice, content: ["membership": "ban"],
            auth: cited + [own.id.description, join.id.description],
            room: Fixture.roomID(version), ts: 9, version: version)
        let topic = Fixture.event(
            "$topic", "m.room.topic", stateKey: "", sender: bob, auth: cited + [join.id.description], room: Fixture.roomID(version), ts: 1,
            version: version)
        let resolved = resolve([base + [topic], [create, own, levels, ban]], base, version: version)
        #expect(resolved[.topic] == nil)
        #expect(resolved[.member(UserID(bob)!)] == ban.id)
    }

    @Test(arguments: [RoomVersion.v1, .v2, .v6, .v11, .v12])
    func `naming only what differs gives the same state`(version: RoomVersion) {
        for seed in 50..<54 as Range<UInt64> {
            let room = RandomRoom(seed: seed, count: 40, version: version)
            var server = TestRoom(version: version)
            for event in room.events { _ = server.receive(event) }
            let sets = room.events.suffix(3).compactMap { server.after[$0.id] }
            let whole = server.state(before: room.events.suffix(3).map(\.id))
            var conflicted: [StateKey: [EventID]] = [:]
            var unconflicted = sets[0]
            for key in Set(sets.flatMap(\.keys)) {
                let ids = Set(sets.compactMap { $0[key] })
                let isEverywhere = sets.allSatisfy { $0[key] != nil }
                guard ids.count > 1 || !isEverywhere && version.rules.stateResolution != .v1 else {
                    unconflicted[key] = ids.first
                    continue
                }
                conflicted[key] = Array(ids)
                unconflicted[key] = nil
            }
            let fixed = unconflicted
            let changes = StateResolution.resolve(
                conflicted: conflicted, unconflicted: { fixed[$0] }, authDifference: server.index.difference(of: sets.map { Set($0.values) }),
                rules: version.rules, events: { [events = server.events] in events[$0] })
            #expect(fixed.merging(changes) { _, new in new } == whole)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [RoomVersion.v11, .v12])
    func `a history of 8,000 power levels is walked without recursion`(version: RoomVersion) {
        let create = Fixture.create(version: version)
        let join = Fixture.member(alice, "join", version: version)
        let cited = (version == .v12 ? [] : ["$create"]) + [join.id.description]
        var events: [EventID: Event] = [create.id: create, join.id: join]
        var last: String?
        for number in 0..<8000 {
            let users: JSONValue = version == .v12 ? [:] : ["@alice:a.test": 100]
            let event = Fixture.event(
                "$p\(number)", "m.room.power_levels", stateKey: "", sender: alice, content: ["users": users, "n": .integer(number)],
                auth: cited + (last.map { [$0] } ?? []), room: Fixture.roomID(version), ts: number, version: version)
            events[event.id] = event
            last = event.id.description
        }
        var sets: [[StateKey: EventID]] = []
        for number in [0, 7999] {
            sets.append([.create: create.id, join.slot!: join.id, .powerLevels: EventID("$p\(number)")!])
        }
        let all = events
        let resolved = StateResolution.resolve(sets: sets, rules: version.rules, events: { all[$0] })
        #expect(resolved[.powerLevels]?.description == "$p7999")
    }

    @Test func `a cycle of given identifiers ends`() {
        let create = Fixture.create(version: .v2)
        let join = Fixture.member(alice, "join", version: .v2)
        let one = Fixture.event("$1", "m.room.power_levels", stateKey: "", sender: alice, auth: ["$create", "$2"], version: .v2)
        let two = Fixture.event("$2", "m.room.power_levels", stateKey: "", sender: alice, auth: ["$create", "$1"], version: .v2)
        let topic = Fixture.event("$t", "m.room.topic", stateKey: "", sender: alice, auth: ["$create", "$1"], version: .v2)
        let resolved = resolve([[create, join, one], [create, join, two, topic]], [], version: .v2)
        #expect(resolved[.create] == create.id)
    }
}

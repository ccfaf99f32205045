import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

struct HostileTests {
    /// A room of `one` with a member of the lying server.
    private struct Scene {
        let peer = LyingPeer()
        let one: TestServer
        let liar: TestServer
        let room: RoomID
        let rules: RoomVersionRules
        let mallory: UserID
        /// The last event, to fork from.
        let last: Event
        let auth: [Event]

        init(_ version: RoomVersion = .v11) async throws {
            rules = version.rules
            let clock = ManualClock()
            one = try await TestServer(clock: clock, remote: peer)
            liar = try await TestServer("liar.example", seed: 9, clock: clock)
            room = try await one.makeRoom(version, levels: ["state_default": 0])
            mallory = liar.user("mallory")
            let (template, rules) = try await one.rooms.membershipTemplate(room: room, user: mallory, membership: .join)
            let join = try Drafts.membership(template, rules: rules, seed: 4).signed(by: liar.name, with: liar.key, rules: rules)
            last = try await one.rooms.acceptMembership(.trusted(join), from: liar.name).event
            auth = try await one.authEvents(for: "m.room.message", sender: mallory, in: room, rules: rules)
        }

        func message(_ body: String, after previous: [Event], auth other: [Event]? = nil, depth: Int? = nil) throws -> Event {
            try liar.forge(
                "m.room.message", sender: mallory, ["body": .string(body)], in: room, rules: rules, previous: previous, auth: other ?? auth,
                depth: depth)
        }

        /// What the liar sends becomes nothing, and the room goes on.
        func checkUnharmed() async throws {
            try await one.say("goes on", in: room)
            #expect(try await one.bodies(room).last == "goes on")
            try await one.checkConsistency(room)
        }
    }

    @Test func `a chain of previous events without an end costs a bounded number of requests`() async throws {
        let scene = try await Scene()
        var chain: [Event] = []
        let missing = try #require(EventID("$unknown"))
        var draftPrevious = [missing]
        for index in 0..<2_000 {
            let draft = EventDraft(
                roomID: scene.room, type: "m.room.message", sender: scene.mallory, content: ["body": .string("\(index)")] as JSONValue,
                originServerTS: index, depth: 10 + index, prevEvents: draftPrevious, authEvents: scene.auth.map(\.id))
            let event = try draft.signed(by: scene.liar.name, with: scene.liar.key, rules: scene.rules)
            chain.append(event)
            draftPrevious = [event.id]
        }
        let events = chain
        let places = Dictionary(uniqueKeysWithValues: events.enumerated().map { ($1.id, $0) })
        scene.peer.answer { answers in
            answers.missing = { latest in
                let from = latest.compactMap { places[$0] }.min() ?? 0
                return events[max(0, from - 20)..<from].map { .trusted($0) }
            }
        }
        let newest = try #require(events.last)
        await #expect(throws: (any Error).self) { try await scene.one.rooms.receive(.trusted(newest), from: scene.liar.name) }
        #expect(scene.peer.asked <= 20)
        try await scene.checkUnharmed()
    }

    @Test(arguments: [RoomVersion.v1, .v2]) func `events that name each other as previous come to nothing`(version: RoomVersion) async throws {
        let scene = try await Scene(version)
        let first = try #require(EventID("$first:liar.example"))
        let second = try #require(EventID("$second:liar.example"))
        func make(_ id: EventID, _ previous: EventID, _ auth: [EventID]) throws -> Event {
            var draft = EventDraft(
                roomID: scene.room, type: "m.room.message", sender: scene.mallory, content: ["body": "ring"] as JSONValue, originServerTS: 1,
                depth: 9, prevEvents: [previous], authEvents: auth)
            draft.eventID = id
            return try draft.signed(by: scene.liar.name, with: scene.liar.key, rules: scene.rules)
        }
        let ids = scene.auth.map(\.id)
        let one = try make(first, second, ids)
        let two = try make(second, first, ids)
        let own = try make(try #require(EventID("$own:liar.example")), try #require(EventID("$own:liar.example")), ids)
        scene.peer.answer { answers in
            answers.missing = { latest in latest.contains(first) ? [.trusted(two)] : [.trusted(one)] }
            answers.event = { id in .trusted(id == first ? one : two) }
        }
        for event in [one, two, own] {
            await #expect(throws: (any Error).self) { try await scene.one.rooms.receive(.trusted(event), from: scene.liar.name) }
        }
        // The same among auth events.
        let circular = try make(try #require(EventID("$third:liar.example")), scene.last.id, [first])
        let supporting = try make(first, scene.last.id, [second])
        let back = try make(second, scene.last.id, [first])
        scene.peer.answer { answers in answers.event = { id in .trusted(id == first ? supporting : back) } }
        await #expect(throws: (any Error).self) { try await scene.one.rooms.receive(.trusted(circular), from: scene.liar.name) }
        #expect(scene.peer.asked < 100)
        try await scene.checkUnharmed()
    }

    @Test func `events of another room do not enter`() async throws {
        let scene = try await Scene()
        let other = try await scene.one.makeRoom()
        let elsewhere = try #require(try await scene.one.timeline(other).last)
        let crossing = try scene.message("crossing", after: [elsewhere])
        await #expect(throws: (any Error).self) { try await scene.one.rooms.receive(.trusted(crossing), from: scene.liar.name) }
        // Auth events of another room.
        let foreign = try await scene.one.authEvents(for: "m.room.message", sender: scene.one.user("alice"), in: other, rules: scene.rules)
        let borrowed = try scene.message("borrowed", after: [scene.last], auth: foreign)
        guard case .rejected = try await scene.one.rooms.receive(.trusted(borrowed), from: scene.liar.name) else {
            Issue.record("auth events of another room were taken")
            return
        }
        // A state with events of another room.
        let gap = try scene.message("gap", after: [try scene.message("never sent", after: [scene.last])])
        let theirs = try await scene.one.rooms.events(of: try #require(try await scene.one.rooms.snapshot(of: other)).state)
        scene.peer.answer { answers in
            answers.missing = { _ in theirs.map { .trusted($0) } }
            answers.stateIDs = { _ in (theirs.map(\.id), []) }
        }
        await #expect(throws: (any Error).self) { try await scene.one.rooms.receive(.trusted(gap), from: scene.liar.name) }
        let snapshot = try #require(try await scene.one.rooms.snapshot(of: scene.room))
        let foreignIDs = Set(theirs.map(\.id))
        #expect(try await scene.one.named(snapshot.state).values.allSatisfy { !foreignIDs.contains($0) })
        try await scene.checkUnharmed()
        try await scene.one.checkConsistency(other)
    }

    @Test func `auth events that nobody has keep an event out`() async throws {
        let scene = try await Scene()
        let draft = EventDraft(
            roomID: scene.room, type: "m.room.message", sender: scene.mallory, content: ["body": "x"] as JSONValue, originServerTS: 1, depth: 8,
            prevEvents: [scene.last.id], authEvents: [try #require(EventID("$nobody"))] + scene.auth.map(\.id))
        let event = try draft.signed(by: scene.liar.name, with: scene.liar.key, rules: scene.rules)
        await #expect(throws: ReceiveError.missingAuthEvents) { try await scene.one.rooms.receive(.trusted(event), from: scene.liar.name) }
        // A peer that answers with another event.
        let last = scene.last
        scene.peer.answer { answers in answers.event = { _ in .trusted(last) } }
        await #expect(throws: ReceiveError.missingAuthEvents) { try await scene.one.rooms.receive(.trusted(event), from: scene.liar.name) }
        #expect(try await scene.one.event(event.id) == nil)
        try await scene.checkUnharmed()
    }

    @Test func `an auth chain without an end is cut`() async throws {
        let scene = try await Scene()
        let made = LockedEvents()
        scene.peer.answer { answers in
            answers.event = { id in
                guard let event = made[id] else { throw Unreachable() }
                return .trusted(event)
            }
        }
        var previous: [EventID] = []
        for index in 0..<500 {
            let draft = EventDraft(
                roomID: scene.room, type: "m.room.member", stateKey: scene.mallory.description, sender: scene.mallory,
                content: ["membership": "join", "n": .integer(index)] as JSONValue, originServerTS: index, depth: 8,
                prevEvents: [scene.last.id], authEvents: previous)
            let event = try draft.signed(by: scene.liar.name, with: scene.liar.key, rules: scene.rules)
            made.add(event)
            previous = [event.id]
        }
        let draft = EventDraft(
            roomID: scene.room, type: "m.room.message", sender: scene.mallory, content: ["body": "x"] as JSONValue, originServerTS: 1, depth: 8,
            prevEvents: [scene.last.id], authEvents: previous)
        let event = try draft.signed(by: scene.liar.name, with: scene.liar.key, rules: scene.rules)
        await #expect(throws: ReceiveError.missingAuthEvents) { try await scene.one.rooms.receive(.trusted(event), from: scene.liar.name) }
        #expect(scene.peer.asked <= 201)
        try await scene.checkUnharmed()
    }

    @Test func `a told state that is none keeps an event out`() async throws {
        let scene = try await Scene()
        let hidden = try scene.message("hidden", after: [scene.last])
        let gap = try scene.message("gap", after: [hidden])
        let state = try await scene.one.rooms.events(of: try #require(try await scene.one.rooms.snapshot(of: scene.room)).state)
        let ids = state.map(\.id)
        let create = try #require(state.first { $0.type == "m.room.create" }).id
        let name = try await scene.one.set("m.room.name", "", ["name": "1"], in: scene.room)
        let other = try await scene.one.set("m.room.name", "", ["name": "2"], in: scene.room)
        let unknown = try #require(EventID("$unknown"))
        for told in [[], ids.filter { $0 != create }, ids + [name.id, other.id], ids + [unknown]] as [[EventID]] {
            scene.peer.answer { answers in
                answers.missing = { _ in [] }
                answers.stateIDs = { _ in (told, []) }
            }
            await #expect(throws: (any Error).self) { try await scene.one.rooms.receive(.trusted(gap), from: scene.liar.name) }
        }
        try await scene.checkUnharmed()
    }

    @Test func `a told state gives nobody power in the current one`() async throws {
        let scene = try await Scene()
        // The liar claims a state in which its user may do everything; the forged event is not allowed by its own auth events.
        let create = try #require(try await scene.one.rooms.stateEvent(.create, in: scene.room))
        let levels = try scene.liar.forge(
            "m.room.power_levels", stateKey: "", sender: scene.mallory, ["users": [scene.mallory.description: 100]], in: scene.room,
            rules: scene.rules, previous: [scene.last], auth: scene.auth)
        let hidden = try scene.message("hidden", after: [scene.last])
        let takeover = try scene.liar.forge(
            "m.room.member", stateKey: scene.one.user("alice").description, sender: scene.mallory, ["membership": "ban"], in: scene.room,
            rules: scene.rules, previous: [hidden], auth: [create, levels] + scene.auth.filter { $0.type == "m.room.member" })
        let state = try await scene.one.rooms.events(of: try #require(try await scene.one.rooms.snapshot(of: scene.room)).state)
        let told = state.filter { $0.type != "m.room.power_levels" }.map(\.id) + [levels.id]
        scene.peer.answer { answers in
            answers.missing = { _ in [] }
            answers.stateIDs = { _ in (told, []) }
            answers.event = { _ in .trusted(levels) }
        }
        let outcome = try? await scene.one.rooms.receive(.trusted(takeover), from: scene.liar.name)
        #expect(outcome != .accepted)
        #expect(try await scene.one.membership(scene.one.user("alice"), scene.room) == .join)
        let powers = try #require(try await scene.one.rooms.powerLevels(in: scene.room))
        #expect(powers.level(of: scene.mallory) == 0)
        try await scene.checkUnharmed()
    }

    @Test func `events for rooms that this server is not in are turned away`() async throws {
        let scene = try await Scene()
        let room = try #require(RoomID("!other:liar.example"))
        let event = try scene.liar.forge(
            "m.room.message", sender: scene.mallory, [:], in: room, rules: scene.rules, previous: [scene.last], auth: [])
        await #expect(throws: ReceiveError.notInRoom) { try await scene.one.rooms.receive(.trusted(event), from: scene.liar.name) }
        let second = try scene.liar.forge(
            "m.room.create", stateKey: "", sender: scene.mallory, [:], in: scene.room, rules: scene.rules, previous: [], auth: [])
        await #expect(throws: (any Error).self) { try await scene.one.rooms.receive(.trusted(second), from: scene.liar.name) }
        try await scene.checkUnharmed()
    }

    @Test func `a depth at the end of the integers stays there`() async throws {
        let scene = try await Scene()
        let deep = try scene.message("deep", after: [scene.last], depth: (1 << 53) - 1)
        #expect(try await scene.one.rooms.receive(.trusted(deep), from: scene.liar.name) == .accepted)
        let next = try await scene.one.say("next", in: scene.room)
        #expect(next.event?.depth == (1 << 53) - 1)
        try await scene.checkUnharmed()
    }

    @Test func `more ends than an event may name are joined step by step`() async throws {
        let scene = try await Scene()
        for index in 0..<50 {
            let event = try scene.liar.forge(
                "m.test", stateKey: "\(index)", sender: scene.mallory, ["v": .integer(index)], in: scene.room, rules: scene.rules,
                previous: [scene.last], auth: scene.auth)
            #expect(try await scene.one.rooms.receive(.trusted(event), from: scene.liar.name) == .accepted)
        }
        let first = try await scene.one.say("first", in: scene.room)
        #expect(first.event?.prevEvents.count == 20)
        try await scene.one.checkConsistency(scene.room)
        for _ in 0..<3 { try await scene.one.say("next", in: scene.room) }
        let snapshot = try #require(try await scene.one.rooms.snapshot(of: scene.room))
        #expect(snapshot.extremities.count == 1)
        #expect(try await scene.one.state(of: scene.room).keys.count { $0.type == "m.test" } == 50)
        try await scene.checkUnharmed()
    }
}

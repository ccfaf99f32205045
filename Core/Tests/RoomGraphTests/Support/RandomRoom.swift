import MatrixModel
import RoomGraph

/// A random forked room: its events in the order in which they were made, each authorised on its own branch.
struct RandomRoom {
    private(set) var events: [Event] = []
    let version: RoomVersion
    private var generator: SeededGenerator
    private var room: TestRoom
    private static let users = ["@alice:a.test", "@bob:b.test", "@carol:c.test", "@dave:a.test"]

    init(seed: UInt64, count: Int, version: RoomVersion) {
        self.version = version
        generator = SeededGenerator(seed: seed)
        room = TestRoom(version: version)
        append("m.room.create", "", "@alice:a.test", version.rules.implicitRoomCreator ? [:] : ["creator": "@alice:a.test"], prev: [])
        append("m.room.member", "@alice:a.test", "@alice:a.test", ["membership": "join"], prev: [last])
        let users: JSONValue = version.rules.creatorsHaveInfinitePower ? ["@bob:b.test": 50] : ["@alice:a.test": 100, "@bob:b.test": 50]
        append("m.room.power_levels", "", "@alice:a.test", ["users": users], prev: [last])
        append("m.room.join_rules", "", "@alice:a.test", ["join_rule": "public"], prev: [last])
        while events.count < count { step() }
    }

    private var last: EventID { events[events.count - 1].id }

    private mutating func step() {
        // Previous events are taken from the last few, so that branches live for a while and then meet.
        var prev: [EventID] = []
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let candidate = events[Int.random(in: max(0, events.count - 5)..<events.count, using: &generator)].id
            if candidate != events[0].id, !prev.contains(candidate) { prev.append(candidate) }
        }
        if prev.isEmpty { prev = [last] }
        let sender = Self.users[Int.random(in: 0..<Self.users.count, using: &generator)]
        let target = Self.users[Int.random(in: 0..<Self.users.count, using: &generator)]
        switch Int.random(in: 0..<10, using: &generator) {
        case 0...2: append("m.room.member", sender, sender, ["membership": "join", "n": .integer(events.count)], prev: prev)
        case 3: append("m.room.member", target, sender, ["membership": "ban"], prev: prev)
        case 4: append("m.room.member", target, sender, ["membership": "leave"], prev: prev)
        case 5: append("m.room.member", target, sender, ["membership": "invite"], prev: prev)
        case 6:
            var users: JSONValue = version.rules.creatorsHaveInfinitePower ? [:] : ["@alice:a.test": 100]
            users["@bob:b.test"] = .integer(Int.random(in: 0...60, using: &generator))
            users["@carol:c.test"] = .integer(Int.random(in: 0...60, using: &generator))
            append("m.room.power_levels", "", sender, ["users": users], prev: prev)
        case 7:
            let rule = Bool.random(using: &generator) ? "public" : "invite"
            append("m.room.join_rules", "", sender, ["join_rule": .string(rule)], prev: prev)
        default: append("m.room.topic", "", sender, ["topic": .integer(events.count)], prev: prev)
        }
    }

    private mutating func append(_ type: String, _ stateKey: String, _ sender: String, _ content: JSONValue, prev: [EventID]) {
        let before = room.state(before: prev)
        let user = UserID(sender)!
        let auth = AuthEvents.keys(for: type, sender: user, stateKey: stateKey, content: JSON(content), rules: version.rules)
            .compactMap { before[$0] }
        let id = "$e\(events.count):a.test"
        let roomID = version.rules.roomIDIsCreateHash ? "!e0:a.test" : "!room:a.test"
        let event = Event(
            id: EventID(id)!, roomID: RoomID(roomID)!, type: type, stateKey: stateKey, sender: user,
            originServerTS: Int.random(in: 0...20, using: &generator), depth: (prev.compactMap { room.depth(of: $0) }.max() ?? 0) + 1,
            prevEvents: prev, authEvents: auth, redacts: nil, json: JSON([:]), content: JSON(content), rules: version.rules)
        // Only some of what would be rejected is kept, or little else would happen.
        guard room.receive(event) || Int.random(in: 0..<6, using: &generator) == 0 || events.isEmpty else {
            room.forget(event)
            return
        }
        events.append(event)
    }
}

/// A server's view of a room that it receives event by event.
struct TestRoom {
    let version: RoomVersion
    private(set) var events: [EventID: Event] = [:]
    private(set) var before: [EventID: [StateKey: EventID]] = [:]
    private(set) var after: [EventID: [StateKey: EventID]] = [:]
    private(set) var rejected: Set<EventID> = []
    private(set) var index = AuthChainIndex()
    private var create: Event?

    init(version: RoomVersion) { self.version = version }

    func depth(of id: EventID) -> Int? { events[id]?.depth }

    /// The resolution of the states after these events.
    func state(before prev: [EventID]) -> [StateKey: EventID] {
        StateResolution.resolve(
            sets: prev.map { after[$0] ?? [:] }, rules: version.rules, events: { [events] in events[$0] },
            isRejected: { [rejected] in rejected.contains($0) }, authChainDifference: { [index] in index.difference(of: $0) })
    }

    /// Whether the event is accepted.
    mutating func receive(_ event: Event) -> Bool {
        let state = state(before: event.prevEvents)
        events[event.id] = event
        before[event.id] = state
        after[event.id] = state
        let authEvents = event.authEvents.compactMap { events[$0] }
        if event.type == "m.room.create" { create = event }
        do throws(AuthRejection) {
            try AuthRules.checkAuthEvents(event, authEvents: authEvents, createEvent: create, isRejected: { rejected.contains($0) })
            try AuthRules.authorize(event, state: StateEvents(of: authEvents), createEvent: create)
            try AuthRules.authorize(event, state: AuthState { [events] key in state[key].flatMap { events[$0] } }, createEvent: create)
        } catch {
            rejected.insert(event.id)
            return false
        }
        if let slot = event.slot { after[event.id]?[slot] = event.id }
        index.add(event)
        return true
    }

    /// Takes back the event that was received last.
    mutating func forget(_ event: Event) {
        events[event.id] = nil
        before[event.id] = nil
        after[event.id] = nil
        rejected.remove(event.id)
    }
}

import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

/// A room in which several servers changed state at once, as a seed decides; all its events, and what an observer needs to enter it.
struct RandomRoom {
    let world: World
    let room: RoomID
    let rules: RoomVersionRules
    /// How the observer's server enters: the room's first events.
    let entry: AcceptedMembership
    /// Everything after the observer's join, each event after those it names.
    let events: [Event]

    private static let names = ["one.example", "two.example", "three.example"]
    private static let localparts = ["alice", "bob", "carol"]

    /// Makes the room in about that many steps.
    init(seed: UInt64, version: RoomVersion, steps: Int) async throws {
        var numbers = SeededNumbers(seed: seed)
        world = try await World.make("observer.example", "one.example", "two.example", "three.example", seed: seed)
        rules = version.rules
        let one = world["one.example"]
        let levels: JSONValue = ["state_default": 50, "invite": 0, "kick": 50, "ban": 50, "users_default": 0]
        room = try await one.makeRoom(version, levels: levels)
        for (server, user) in zip(RandomRoom.names, RandomRoom.localparts).dropFirst() {
            try await world.join(user, of: server, room, via: "one.example")
            try await world.deliver(except: ["observer.example"])
        }
        let bob = world["two.example"].user("bob")
        var users: JSONValue = [bob.description: 50]
        if !version.rules.creatorsHaveInfinitePower { users[one.user("alice").description] = 100 }
        var changed = levels
        changed["users"] = users
        try await one.set("m.room.power_levels", "", changed, in: room)
        try await world.deliver(except: ["observer.example"])
        entry = try await world.enter("olga", .join, of: "observer.example", room, via: "one.example")
        try await world.deliver(except: ["observer.example"])
        let start = try await one.database.read { try Positions.head($0) }
        var starts: [ServerName: Position] = [one.name: start]
        for name in RandomRoom.names { starts[world[name].name] = try await world[name].database.read { try Positions.head($0) } }

        for _ in 0..<steps {
            if Int.random(in: 0..<4, using: &numbers) == 0 {
                let lost = RandomRoom.names.filter { _ in Bool.random(using: &numbers) }
                try await world.deliver(except: Set(lost + ["observer.example"]))
            } else {
                let index = Int.random(in: 0..<3, using: &numbers)
                await RandomRoom.act(world, RandomRoom.names[index], room, rules, &numbers)
            }
        }
        var found: [EventID: Event] = [:]
        for name in RandomRoom.names {
            let server = world[name]
            let after = starts[server.name] ?? 0
            let sent = try await server.database.read { transaction in
                try EventStore(transaction).journal(after: after, limit: 10_000).map(\.event)
            }
            for event in sent where event.sender.server == server.name { found[event.id] = event }
        }
        events = try RandomRoom.ordered(found, entry: entry.event, by: one, auth: try await RandomRoom.mergeAuth(one, room, rules), rules)
    }

    private static func mergeAuth(_ server: TestServer, _ room: RoomID, _ rules: RoomVersionRules) async throws -> [Event] {
        try await server.authEvents(for: "m.room.message", sender: server.user("alice"), in: room, rules: rules)
    }

    /// The events in an order in which each comes after those it names, with one at the end that names all ends.
    private static func ordered(
        _ found: [EventID: Event], entry: Event, by server: TestServer, auth: [Event], _ rules: RoomVersionRules
    ) throws -> [Event] {
        var placed: Set<EventID> = [entry.id]
        var ordered: [Event] = []
        var left = found.values.sorted { ($0.depth, $0.id) < ($1.depth, $1.id) }
        while !left.isEmpty {
            let ready = left.filter { $0.prevEvents.allSatisfy { placed.contains($0) || found[$0] == nil } }
            guard !ready.isEmpty else { break }
            ordered += ready
            placed.formUnion(ready.map(\.id))
            left.removeAll { placed.contains($0.id) }
        }
        let named = Set(ordered.flatMap(\.prevEvents))
        let ends = ordered.filter { !named.contains($0.id) }
        let merge = try server.forge(
            "m.room.message", sender: server.user("alice"), ["body": "merge"], in: entry.roomID, rules: rules,
            previous: Array((ends.isEmpty ? [entry] : ends).prefix(20)), auth: auth, id: "merge")
        return ordered + [merge]
    }

    /// One random change by someone of a server; what the rules refuse is not made.
    private static func act(
        _ world: World, _ name: String, _ room: RoomID, _ rules: RoomVersionRules, _ numbers: inout SeededNumbers
    ) async {
        let server = world[name]
        let actors = ["alice", "bob", "carol", "dora", "emil"]
        let actor = actors[Int.random(in: 0..<actors.count, using: &numbers)]
        let targetServer = world[names[Int.random(in: 0..<3, using: &numbers)]]
        let target = targetServer.user(actors[Int.random(in: 0..<actors.count, using: &numbers)])
        let value = Int.random(in: 0..<1000, using: &numbers)
        let choice = Int.random(in: 0..<14, using: &numbers)
        let level = [0, 25, 50, 100][Int.random(in: 0..<4, using: &numbers)]
        do {
            switch choice {
            case 0, 1: try await server.set("m.room.topic", "", ["topic": .integer(value)], as: actor, in: room)
            case 2: try await server.set("m.room.name", "", ["name": .integer(value)], as: actor, in: room)
            case 3, 4: try await server.join(actor, room)
            case 5: try await server.member(server.user(actor), .leave, as: actor, in: room)
            case 6: try await server.member(target, .ban, as: actor, in: room)
            case 7: try await server.member(target, .leave, as: actor, in: room)
            case 8: try await server.member(target, .invite, as: actor, in: room)
            case 9, 10:
                guard let current = try await server.rooms.stateEvent(.powerLevels, in: room)?.content.value else { return }
                var content = current
                var users = content["users"] ?? .object([:])
                users[target.description] = .integer(level)
                content["users"] = users
                if value % 5 == 0 { content["state_default"] = .integer(level) }
                try await server.set("m.room.power_levels", "", content, as: actor, in: room)
            case 11:
                let rule = ["public", "invite"][value % 2]
                try await server.set("m.room.join_rules", "", ["join_rule": .string(rule), "n": .integer(value)], as: actor, in: room)
            case 12: try await server.say("\(value)", as: actor, in: room)
            default: try await server.set("m.test", "\(value % 3)", ["v": .integer(value)], as: actor, in: room)
            }
        } catch {}
    }

    // MARK: Orders

    /// An order in which each event comes after those it names, as the numbers decide.
    func order(_ numbers: inout SeededNumbers) -> [Event] {
        var left = events
        var order: [Event] = []
        while !left.isEmpty {
            let absent = Set(left.map(\.id))
            let ready = left.indices.filter { left[$0].prevEvents.allSatisfy { !absent.contains($0) } }
            order.append(left.remove(at: ready[Int.random(in: 0..<ready.count, using: &numbers)]))
        }
        return order
    }

    /// Every such order, at most `limit`.
    func allOrders(limit: Int) -> [[Event]] {
        var orders: [[Event]] = []
        func extend(_ order: [Event], _ left: [Event]) {
            guard orders.count < limit else { return }
            if left.isEmpty { return orders.append(order) }
            let absent = Set(left.map(\.id))
            for (index, event) in left.enumerated() where event.prevEvents.allSatisfy({ !absent.contains($0) }) {
                var rest = left
                rest.remove(at: index)
                extend(order + [event], rest)
            }
        }
        extend([], events)
        return orders
    }

    // MARK: Observing

    /// What an observer makes of the room.
    struct View: Equatable {
        var before: [EventID: [StateKey: EventID]] = [:]
        var rejected: Set<EventID> = []
        var current: [StateKey: EventID] = [:]
    }

    /// Lets a new server enter the room and receive the events in that order, in batches as the numbers decide.
    func observe(_ order: [Event], _ numbers: inout SeededNumbers) async throws -> (view: View, server: TestServer) {
        let server = try await TestServer("observer.example", clock: world.clock)
        _ = try await server.rooms.importJoin(
            rules: rules, join: .trusted(entry.event), state: entry.state.map { .trusted($0) }, authChain: entry.authChain.map { .trusted($0) })
        var rest = order[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Int.random(in: 1...4, using: &numbers))
            rest = rest.dropFirst(batch.count)
            let outcomes = await server.rooms.receive(batch.map { .trusted($0) }, in: room, from: world["one.example"].name)
            for outcome in outcomes { _ = try outcome.get() }
        }
        var view = View()
        for event in events {
            view.before[event.id] = try await server.state(before: event.id)
            if try await server.event(event.id)?.flags.contains(.rejected) == true { view.rejected.insert(event.id) }
        }
        view.current = try await server.state(of: room)
        return (view, server)
    }

    /// The states before each event by the algorithm over whole states, given which events are rejected.
    func reference(rejected: Set<EventID>) -> [EventID: [StateKey: EventID]] {
        var all: [EventID: Event] = [:]
        for event in entry.state + entry.authChain + events + [entry.event] { all[event.id] = event }
        let known = all
        var initial: [StateKey: EventID] = [:]
        for event in entry.state { if let slot = event.slot { initial[slot] = event.id } }
        var before: [EventID: [StateKey: EventID]] = [:]
        var after: [EventID: [StateKey: EventID]] = [:]
        initial[.member(entry.event.sender)] = entry.event.id
        after[entry.event.id] = initial
        for event in events {
            let sets = event.prevEvents.compactMap { after[$0] }
            var state = StateResolution.resolve(sets: sets, rules: rules, events: { known[$0] }, isRejected: { rejected.contains($0) })
            before[event.id] = state
            if let slot = event.slot, !rejected.contains(event.id) { state[slot] = event.id }
            after[event.id] = state
        }
        return before
    }
}

import CustomDump
import MatrixModel
import RoomGraph
import Testing

/// The cases of ruma's state resolution tests: algorithm versions 2 and 2.1.
@Suite struct RumaCasesTests {
    static let names = [
        "minimal_private_chat", "minimal_public_chat", "origin_server_ts_tiebreak", "msc4297_problem_a_state_res_v2_0",
        "msc4297_problem_a_state_res_v2_1", "msc4297_problem_b_state_res_v2_0", "msc4297_problem_b_state_res_v2_1", "ban_vs_power_levels",
        "topic_vs_power_levels", "power_levels_admin_vs_mod", "topic_vs_ban", "join_rules_vs_join", "concurrent_joins",
    ]

    @Test func `all cases are here`() throws {
        #expect(try TestData.json("matrix-events/ruma-state-res/cases.json").elements.map { $0["name"]?.string } == Self.names)
    }

    @Test(arguments: names)
    func `the case resolves to the expected state`(name: String) throws {
        let cases = try TestData.json("matrix-events/ruma-state-res/cases.json")
        let example = try #require(cases.elements.first { $0["name"]?.string == name })
        let version = try #require(example["room_version"]?.string.flatMap { RoomVersion($0) })
        let events = try events(example, version)
        let expected = try state(try #require(example["expected"]).elements.map { try #require($0["event_id"]?.string) }, events)
        for usesIndex in [false, true] {
            var index = AuthChainIndex()
            for json in try #require(example["pdus"]).elements {
                if let id = json["event_id"]?.string, let event = events[EventID(id)!] { index.add(event) }
            }
            let difference: (([Set<EventID>]) -> Set<EventID>)? = usesIndex ? { [index] in index.difference(of: $0) } : nil
            let resolved: [StateKey: EventID]
            if let sets = example["state_sets"] {
                let states = try sets.elements.map { try state($0.elements.compactMap(\.string), events) }
                resolved = StateResolution.resolve(
                    sets: states, rules: version.rules, events: { events[$0] }, authChainDifference: difference)
            } else {
                resolved = try run(example, events, version, difference)
            }
            expectNoDifference(resolved.mapValues(\.description), expected.mapValues(\.description))
        }
    }

    /// Adds the batches one after the other, each event on the resolution of the states after its previous events.
    private func run(
        _ example: JSON, _ events: [EventID: Event], _ version: RoomVersion, _ difference: (([Set<EventID>]) -> Set<EventID>)?
    ) throws -> [StateKey: EventID] {
        var after: [EventID: [StateKey: EventID]] = [:]
        var extremities: Set<EventID> = []
        for batch in try #require(example["batches"]).elements {
            var pending = batch.elements.compactMap { $0.string.flatMap { EventID($0) } }
            while !pending.isEmpty {
                let ready = try #require(pending.firstIndex { id in events[id]?.prevEvents.allSatisfy { after[$0] != nil } == true })
                let event = try #require(events[pending.remove(at: ready)])
                var state = StateResolution.resolve(
                    sets: event.prevEvents.map { after[$0] ?? [:] }, rules: version.rules, events: { events[$0] },
                    authChainDifference: difference)
                if let slot = event.slot { state[slot] = event.id }
                after[event.id] = state
                extremities.subtract(event.prevEvents)
                extremities.insert(event.id)
            }
        }
        return StateResolution.resolve(
            sets: extremities.sorted().map { after[$0] ?? [:] }, rules: version.rules, events: { events[$0] }, authChainDifference: difference)
    }

    private func state(_ ids: [String], _ events: [EventID: Event]) throws -> [StateKey: EventID] {
        var state: [StateKey: EventID] = [:]
        for text in ids {
            let event = try #require(events[EventID(text)!])
            if let slot = event.slot { state[slot] = event.id }
        }
        return state
    }

    private func events(_ example: JSON, _ version: RoomVersion) throws -> [EventID: Event] {
        var events: [EventID: Event] = [:]
        for json in try #require(example["pdus"]).elements {
            let id = try #require(json["event_id"]?.string.flatMap { EventID($0) })
            let isHashedCreate = version.rules.roomIDIsCreateHash && json["type"]?.equals("m.room.create") == true
            let room = isHashedCreate ? RoomID("!" + id.description.dropFirst()) : PDU.roomID(of: json)
            let sender = try #require(json["sender"]?.string.flatMap { UserID($0) })
            let references = { (name: String) in json[name]?.elements.compactMap { $0.string.flatMap { EventID($0) } } ?? [] }
            events[id] = Event(
                id: id, roomID: try #require(room), type: try #require(json["type"]?.string), stateKey: json["state_key"]?.string,
                sender: sender, originServerTS: json["origin_server_ts"]?.integer ?? 0, depth: 0, prevEvents: references("prev_events"),
                authEvents: references("auth_events"), redacts: nil, json: json, content: try #require(json["content"]), rules: version.rules)
        }
        return events
    }
}

import MatrixAPI
import MatrixModel
import RoomGraph

@testable import ClientServices

/// Counts what somebody has not read by going through the whole room once, as the specification tells it.
struct UnreadOracle {
    let person: Person
    /// The person's push rules and ignored users, as a sync tells them.
    let accountData: [String: JSONValue]

    /// The counts of the main timeline (under `main`) and of each thread that has any; nil where the person does not see the room's beginning.
    func counts(_ room: String, receipts: [String: String]) async throws -> [String: [Int]]? {
        var events: [JSON] = []
        var query = [("dir", "f"), ("limit", "1000")]
        while true {
            let page = try await person.get("/rooms/\(room)/messages", query)
            events += page["chunk"]?.elements.map { $0 } ?? []
            guard let end = page["end"]?.string, page["chunk"]?.count != 0 else { break }
            query = [("dir", "f"), ("limit", "1000"), ("from", end)]
        }
        guard events.first?["type"]?.string == "m.room.create" else { return nil }
        // Where history is kept to members, not everybody's joining is shown, and members cannot be counted.
        let visibilities = events.filter { $0["type"]?.string == "m.room.history_visibility" }
        guard visibilities.allSatisfy({ ["shared", "world_readable"].contains($0["content"]?["history_visibility"]?.string) }) else { return nil }
        // Whoever ignores others is not shown their messages: a receipt or a thread may hang on one of those.
        let shown = Set(events.compactMap { $0["event_id"]?.string })
        let own = receipts.filter { $0.key.contains(" \(person.name) ") }.map(\.value)
        let parents = events.compactMap { $0["content"]?["m.relates_to"]?["event_id"]?.string }
        guard shown.isSuperset(of: own + parents) else { return nil }
        return try count(events, room: room, receipts: receipts)
    }

    private func count(_ events: [JSON], room: String, receipts: [String: String]) throws -> [String: [Int]] {
        let places = Dictionary(events.enumerated().map { ($1["event_id"]?.string ?? "", $0) }, uniquingKeysWith: { $1 })
        let joined = events.indices.last { isJoin(events[$0]) && !wasJoined(events, before: $0) } ?? -1
        // The furthest place read by thread; "" is for the whole room.
        var floors: [String: Int] = [:]
        for (key, event) in receipts {
            let parts = key.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, parts[1] == person.name, parts[0].hasPrefix("m.read"), let place = places[event] else { continue }
            floors[parts[2]] = max(floors[parts[2]] ?? -1, place)
        }
        for (place, event) in events.enumerated() where place > joined && event["sender"]?.string == person.name {
            guard event["state_key"] == nil, event["type"]?.string != "m.room.redaction" else { continue }
            let thread = thread(of: event, events, places)
            floors[thread] = max(floors[thread] ?? -1, place)
        }
        let evaluator = PushEvaluator(PushRuleset(stored: accountData["m.push_rules"], user: person.user), owner: person.user)
        let ignored = accountData["m.ignored_user_list"]?["ignored_users"]?.object ?? [:]
        var members: Set<String> = []
        var levels: (create: Event?, power: Event?)
        var counts: [String: [Int]] = ["main": [0, 0]]
        let version = events[0]["content"]?["room_version"]?.string ?? "11"
        for (place, json) in events.enumerated() {
            let event = try event(json, version)
            if event.type == "m.room.member", let user = event.stateKey {
                if event.membership == .join { members.insert(user) } else { members.remove(user) }
            }
            let before = levels
            if event.slot == .create { levels.create = event }
            if event.slot == .powerLevels { levels.power = event }
            let thread = thread(of: json, events, places)
            guard place > max(joined, floors[""] ?? -1, floors[thread] ?? -1), ignored[event.sender.description] == nil,
                json["unsigned"]?["redacted_because"] == nil
            else { continue }
            let power = before.create.map { PowerLevels(event: before.power, createEvent: $0, rules: event.rules) }
            let outcome = evaluator.outcome(of: event) { _ in PushContext(memberCount: members.count, powerLevels: power) }
            guard let outcome, outcome.notifies else { continue }
            counts[thread, default: [0, 0]][0] += 1
            if outcome.highlights { counts[thread, default: [0, 0]][1] += 1 }
        }
        return counts
    }

    private func isJoin(_ event: JSON) -> Bool {
        event["type"]?.string == "m.room.member" && event["state_key"]?.string == person.name && event["content"]?["membership"]?.string == "join"
    }

    private func wasJoined(_ events: [JSON], before place: Int) -> Bool {
        let earlier = events[..<place].last { $0["type"]?.string == "m.room.member" && $0["state_key"]?.string == person.name }
        return earlier?["content"]?["membership"]?.string == "join"
    }

    private func thread(of event: JSON, _ events: [JSON], _ places: [String: Int]) -> String {
        var current = event
        for _ in 0...3 {
            let relation = current["content"]?["m.relates_to"]
            guard let parent = relation?["event_id"]?.string, let type = relation?["rel_type"]?.string else { break }
            if type == "m.thread" { return parent }
            guard let place = places[parent] else { break }
            current = events[place]
        }
        return "main"
    }

    private func event(_ json: JSON, _ version: String) throws -> Event {
        guard let id = json["event_id"]?.string.flatMap({ EventID($0) }), let room = json["room_id"]?.string.flatMap({ RoomID($0) }),
            let sender = json["sender"]?.string.flatMap({ UserID($0) }), let version = RoomVersion(version), let content = json["content"]
        else { throw TestEvent.Malformed() }
        return Event(
            id: id, roomID: room, type: json["type"]?.string ?? "", stateKey: json["state_key"]?.string, sender: sender, originServerTS: 0, depth: 0,
            prevEvents: [], authEvents: [], redacts: nil, json: json, content: content, rules: version.rules)
    }
}

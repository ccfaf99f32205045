import MatrixModel

/// What a client knows from the answers of one connection, and how that differs from what another knows.
struct SlidingModel {
    struct Room: Equatable {
        var membership = ""
        /// Event IDs by type and state key.
        var state: [StateKey: String] = [:]
        /// Event IDs since the last gap.
        var timeline: [String] = []
        /// Name, avatar, heroes, counts and the like.
        var facts: [String: JSONValue] = [:]
        var isStripped = false
    }

    var rooms: [String: Room] = [:]
    var receipts: [String: [String: String]] = [:]
    var roomData: [String: [String: JSONValue]] = [:]
    var accountData: [String: JSONValue] = [:]
    var count = 0
    /// What no server may do.
    var faults: [String] = []

    private static let factNames = [
        "name", "avatar", "heroes", "is_dm", "joined_count", "invited_count", "bump_stamp", "notification_count", "highlight_count",
    ]

    mutating func apply(_ answer: JSON) {
        count = answer["lists"]?["all"]?["count"]?.integer ?? count
        for (id, update) in answer["rooms"]?.members.map({ $0 }) ?? [] { apply(update, to: id) }
        let extensions = answer["extensions"]
        for event in extensions?["account_data"]?["global"]?.elements.map({ $0 }) ?? [] {
            accountData[event["type"]?.string ?? ""] = event["content"]?.value
        }
        for (id, events) in extensions?["account_data"]?["rooms"]?.members.map({ $0 }) ?? [] {
            if rooms[id] == nil { faults.append("account data of \(id), which was not told") }
            for event in events.elements { roomData[id, default: [:]][event["type"]?.string ?? ""] = event["content"]?.value }
        }
        for (id, event) in extensions?["receipts"]?["rooms"]?.members.map({ $0 }) ?? [] {
            if rooms[id] == nil { faults.append("receipts of \(id), which was not told") }
            for (eventID, types) in event["content"]?.members.map({ $0 }) ?? [] {
                for (type, users) in types.members {
                    for (user, _) in users.members { receipts[id, default: [:]]["\(type) \(user)"] = eventID }
                }
            }
        }
    }

    private mutating func apply(_ update: JSON, to id: String) {
        let isInitial = update["initial"]?.bool == true
        if rooms[id] == nil, !isInitial { faults.append("\(id) was not told as initial") }
        var room = isInitial ? Room() : rooms[id] ?? Room()
        if let membership = update["membership"]?.string { room.membership = membership }
        room.isStripped = room.membership == "invite" || room.membership == "knock"
        for name in SlidingModel.factNames {
            guard let value = update[name]?.value else { continue }
            if isInitial, value == .null { faults.append("\(id) begins with \(name) as null") }
            // A bare nil would be the JSON value.
            room.facts[name] = value == .null ? JSONValue?.none : value
        }
        // "Heroes are only included if the room name is not set."
        if room.facts["name"] != nil { room.facts["heroes"] = nil }
        if room.facts["is_dm"] == .bool(false) { room.facts["is_dm"] = nil }
        for event in update["required_state"]?.elements.map({ $0 }) ?? [] {
            guard let type = event["type"]?.string, let key = event["state_key"]?.string else { continue }
            room.state[StateKey(type, key)] = event["event_id"]?.string
        }
        let isLimited = update["limited"]?.bool == true
        if isLimited || update["expanded_timeline"]?.bool == true { room.timeline = [] }
        for event in update["timeline"]?.elements.map({ $0 }) ?? [] {
            let eventID = event["event_id"]?.string ?? ""
            if room.timeline.contains(eventID) { faults.append("\(eventID) came twice") }
            room.timeline.append(eventID)
        }
        rooms[id] = room
    }

    /// What differs from a client that began now, with timelines of that many events; members are compared where all of them are asked for.
    func differences(from fresh: SlidingModel, limit: Int, withMembers: Bool, own: String) -> [String] {
        var found = faults + fresh.faults
        for (id, room) in rooms where fresh.rooms[id] == nil && !["leave", "ban"].contains(room.membership) {
            found.append("\(id) is \(room.membership), a fresh client has none of it")
        }
        if accountData != fresh.accountData { found.append("account data \(accountData) ≠ \(fresh.accountData)") }
        for (id, other) in fresh.rooms.sorted(by: { $0.key < $1.key }) {
            guard let mine = rooms[id] else {
                found.append("\(id) is missing")
                continue
            }
            if mine.membership != other.membership { found.append("\(id) membership \(mine.membership) ≠ \(other.membership)") }
            if mine.isStripped { continue }
            for name in SlidingModel.factNames where mine.facts[name] != other.facts[name] && other.membership == "join" {
                found.append("\(id) \(name): \(String(describing: mine.facts[name])) ≠ \(String(describing: other.facts[name]))")
            }
            for key in Set(mine.state.keys).union(other.state.keys).sorted() {
                guard withMembers || key.type != "m.room.member" || key.key == own else { continue }
                if mine.state[key] != other.state[key] {
                    found.append("\(id) \(key): \(mine.state[key] ?? "–") ≠ \(other.state[key] ?? "–")")
                }
            }
            if mine.timeline.count < other.timeline.count { found.append("\(id) has \(mine.timeline.count) events of \(other.timeline.count)") }
            let common = min(mine.timeline.count, other.timeline.count)
            if mine.timeline.suffix(common) != other.timeline.suffix(common) {
                found.append("\(id) timeline \(mine.timeline.suffix(common)) ≠ \(other.timeline.suffix(common))")
            }
            if (roomData[id] ?? [:]) != (fresh.roomData[id] ?? [:]) {
                found.append("\(id) account data \(roomData[id] ?? [:]) ≠ \(fresh.roomData[id] ?? [:])")
            }
            for (key, event) in fresh.receipts[id] ?? [:] where receipts[id]?[key] != event {
                found.append("\(id) receipt \(key): \(receipts[id]?[key] ?? "–") ≠ \(event)")
            }
        }
        return found
    }
}

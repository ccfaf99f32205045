import MatrixModel

/// What a client knows from syncs alone, and how that differs from what another client knows.
struct ClientModel {
    struct Room: Equatable {
        /// Event IDs by type and state key.
        var state: [StateKey: String] = [:]
        /// Event IDs since the last gap.
        var timeline: [String] = []
        var summary: [String: JSONValue] = [:]
        var receipts: [String: String] = [:]
        var accountData: [String: JSONValue] = [:]
        /// Notifications and highlights of the main timeline, and of each thread.
        var unread: [Int] = []
        var threads: [String: [Int]] = [:]
        var typing: [String] = []
    }

    var token: String?
    var joined: [String: Room] = [:]
    var invited: Set<String> = []
    var knocked: Set<String> = []
    var accountData: [String: JSONValue] = [:]
    /// Events that came twice, or in rooms where they must not.
    var faults: [String] = []
    private let stateMember: String

    init(stateMember: String) { self.stateMember = stateMember }

    mutating func apply(_ answer: JSON) {
        token = answer["next_batch"]?.string
        for event in answer["account_data"]?["events"]?.elements.map({ $0 }) ?? [] {
            accountData[event["type"]?.string ?? ""] = event["content"]?.value
        }
        let rooms = answer["rooms"]
        for (id, room) in rooms?["invite"]?.members.map({ $0 }) ?? [] {
            joined[id] = nil
            knocked.remove(id)
            invited.insert(id)
            if room["invite_state"]?["events"]?.elements.contains(where: { $0["type"]?.string == "m.room.create" }) != true {
                faults.append("no create event in the invitation to \(id)")
            }
        }
        for (id, _) in rooms?["knock"]?.members.map({ $0 }) ?? [] {
            joined[id] = nil
            invited.remove(id)
            knocked.insert(id)
        }
        for (id, _) in rooms?["leave"]?.members.map({ $0 }) ?? [] {
            joined[id] = nil
            invited.remove(id)
            knocked.remove(id)
        }
        for (id, update) in rooms?["join"]?.members.map({ $0 }) ?? [] {
            invited.remove(id)
            knocked.remove(id)
            apply(update, to: id)
        }
    }

    private mutating func apply(_ update: JSON, to id: String) {
        var room = joined[id] ?? Room()
        if update[stateMember] == nil { faults.append("no \(stateMember) in \(id)") }
        for event in update[stateMember]?["events"]?.elements.map({ $0 }) ?? [] { set(event, &room) }
        if update["timeline"]?["limited"]?.bool == true { room.timeline = [] }
        for event in update["timeline"]?["events"]?.elements.map({ $0 }) ?? [] {
            let eventID = event["event_id"]?.string ?? ""
            if room.timeline.contains(eventID) { faults.append("\(eventID) came twice") }
            room.timeline.append(eventID)
            if stateMember == "state" { set(event, &room) }
        }
        for (key, value) in update["summary"]?.members.map({ $0 }) ?? [] { room.summary[key] = value.value }
        for event in update["account_data"]?["events"]?.elements.map({ $0 }) ?? [] {
            room.accountData[event["type"]?.string ?? ""] = event["content"]?.value
        }
        room.unread = ClientModel.counts(update["unread_notifications"])
        room.threads = [:]
        for (root, counts) in update["unread_thread_notifications"]?.members.map({ $0 }) ?? [] { room.threads[root] = ClientModel.counts(counts) }
        for event in update["ephemeral"]?["events"]?.elements.map({ $0 }) ?? [] where event["type"]?.string == "m.typing" {
            room.typing = event["content"]?["user_ids"]?.elements.compactMap(\.string) ?? []
        }
        for event in update["ephemeral"]?["events"]?.elements.map({ $0 }) ?? [] where event["type"]?.string == "m.receipt" {
            for (eventID, types) in event["content"]?.members.map({ $0 }) ?? [] {
                for (type, users) in types.members {
                    for (user, data) in users.members { room.receipts["\(type) \(user) \(data["thread_id"]?.string ?? "")"] = eventID }
                }
            }
        }
        joined[id] = room
    }

    private static func counts(_ json: JSON?) -> [Int] {
        [json?["notification_count"]?.integer ?? -1, json?["highlight_count"]?.integer ?? -1]
    }

    private func set(_ event: JSON, _ room: inout Room) {
        guard let key = event["state_key"]?.string, let type = event["type"]?.string else { return }
        room.state[StateKey(type, key)] = event["event_id"]?.string
    }

    /// What differs from a client that synced afresh.
    func differences(from fresh: ClientModel) -> [String] {
        var found = faults + fresh.faults
        if Set(joined.keys) != Set(fresh.joined.keys) { found.append("joined \(joined.keys.sorted()) ≠ \(fresh.joined.keys.sorted())") }
        if invited != fresh.invited { found.append("invited \(invited) ≠ \(fresh.invited)") }
        if knocked != fresh.knocked { found.append("knocked \(knocked) ≠ \(fresh.knocked)") }
        if accountData != fresh.accountData { found.append("account data \(accountData) ≠ \(fresh.accountData)") }
        for id in joined.keys.sorted() {
            guard let mine = joined[id], let other = fresh.joined[id] else { continue }
            if mine.state != other.state {
                for key in Set(mine.state.keys).union(other.state.keys).sorted() where mine.state[key] != other.state[key] {
                    found.append("\(id) \(key): \(mine.state[key] ?? "–") ≠ \(other.state[key] ?? "–")")
                }
            }
            let common = min(mine.timeline.count, other.timeline.count)
            if mine.timeline.suffix(common) != other.timeline.suffix(common) {
                found.append("\(id) timeline \(mine.timeline.suffix(common)) ≠ \(other.timeline.suffix(common))")
            }
            for (key, value) in other.summary where mine.summary[key] != value {
                found.append("\(id) \(key): \(String(describing: mine.summary[key])) ≠ \(value)")
            }
            if mine.receipts != other.receipts { found.append("\(id) receipts \(mine.receipts) ≠ \(other.receipts)") }
            if mine.unread != other.unread { found.append("\(id) unread \(mine.unread) ≠ \(other.unread)") }
            if mine.threads != other.threads { found.append("\(id) threads \(mine.threads) ≠ \(other.threads)") }
            if mine.typing != other.typing { found.append("\(id) typing \(mine.typing) ≠ \(other.typing)") }
            if mine.accountData != other.accountData { found.append("\(id) account data \(mine.accountData) ≠ \(other.accountData)") }
        }
        return found
    }
}

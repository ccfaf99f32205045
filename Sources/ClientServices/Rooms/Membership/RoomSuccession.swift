import Database
import Logging
import MatrixModel
import RoomServer
import Storage

/// Carries over what a person keeps about a room to the one that replaces it (client-server API, "Room Upgrades").
///
/// "When a user joins the new room, the server should automatically transfer/replicate some of the user's personalized settings such as
/// notifications, tags, etc."
struct RoomSuccession: Sendable {
    let context: RoomServiceContext
    private static let logger = Logger(label: "rooms")

    /// Carries over what the new room has nothing of yet; what fails is left undone, the join stands.
    func carry(of user: UserID, to room: RoomID) async {
        do {
            guard let old = try await predecessor(of: room, user) else { return }
            let feed = context.feed
            try await context.database.write { transaction -> Position? in
                let store = AccountDataStore(transaction)
                var changes: [(type: String, room: RoomID?, content: JSONValue)] = []
                if try store.content("m.tag", room: room, user: user) == nil, let tags = try store.content("m.tag", room: old, user: user) {
                    changes.append(("m.tag", room, tags.value))
                }
                if let direct = try store.content("m.direct", user: user), let changed = RoomSuccession.direct(direct.value, old, room) {
                    changes.append(("m.direct", nil, changed))
                }
                let rules = PushRuleService.accountDataType
                if let kept = try store.content(rules, user: user), let changed = RoomSuccession.rules(kept.value, old, room) {
                    changes.append((rules, nil, changed))
                }
                guard !changes.isEmpty else { return nil }
                let position = try Positions.next(transaction)
                for change in changes {
                    try store.set(change.type, to: JSON(change.content), room: change.room, user: user, position: position)
                }
                return position
            } whenDurable: { position in
                if let position { feed.publish(Change(position: position, kind: .user(user))) }
            }
        } catch {
            RoomSuccession.logger.warning("settings were not carried over", metadata: ["room": "\(room)", "error": "\(error)"])
        }
    }

    /// The room that this one replaces, where the person was in it and it says so too.
    private func predecessor(of room: RoomID, _ user: UserID) async throws -> RoomID? {
        try await context.read(user) { reader in
            guard let row = try RoomStore(reader.transaction).room(room),
                let create = try reader.currentEvent(.create, room: row.number)?.event.content,
                let old = create["predecessor"]?["room_id"]?.string.flatMap({ RoomID($0) }),
                let oldRow = try RoomStore(reader.transaction).room(old),
                try reader.memberships.membership(of: user, room: oldRow.number) != nil,
                let tombstone = try reader.currentEvent(.tombstone, room: oldRow.number)?.event.content,
                tombstone["replacement_room"]?.string == room.description
            else { return nil }
            return old
        }
    }

    /// `m.direct` with the new room beside the old one; nil where that changes nothing.
    private static func direct(_ content: JSONValue, _ old: RoomID, _ new: RoomID) -> JSONValue? {
        guard var people = content.object else { return nil }
        var isChanged = false
        for (person, value) in people {
            guard var rooms = value.array, rooms.contains(.string(old.description)), !rooms.contains(.string(new.description)) else { continue }
            rooms.append(.string(new.description))
            people[person] = .array(rooms)
            isChanged = true
        }
        return isChanged ? .object(people) : nil
    }

    /// Push rules with the old room's for the new one as well; nil where that changes nothing.
    private static func rules(_ content: JSONValue, _ old: RoomID, _ new: RoomID) -> JSONValue? {
        var content = content
        guard var global = content["global"]?.object else { return nil }
        var isChanged = false
        for kind in ["room", "override"] {
            guard let rules = global[kind]?.array, let rule = rules.first(where: { $0["rule_id"]?.string == old.description }),
                !rules.contains(where: { $0["rule_id"]?.string == new.description })
            else { continue }
            var copy = rule
            copy["rule_id"] = .string(new.description)
            if let conditions = rule["conditions"]?.array {
                copy["conditions"] = .array(
                    conditions.map { condition in
                        guard condition["key"]?.string == "room_id", condition["pattern"]?.string == old.description else { return condition }
                        var condition = condition
                        condition["pattern"] = .string(new.description)
                        return condition
                    })
            }
            global[kind] = .array([copy] + rules)
            isChanged = true
        }
        guard isChanged else { return nil }
        content["global"] = .object(global)
        return content
    }
}

import Database
import MatrixModel
import Storage

/// What a room is, as those outside of it may learn (client-server API, "Published room directory" and "Spaces").
struct RoomSummary: Sendable {
    let room: RoomID
    var joinedMembers = 0
    var name: String?
    var topic: String?
    var alias: String?
    var avatarURL: String?
    var joinRule: String?
    var roomType: String?
    var isWorldReadable = false
    var guestsMayJoin = false
    /// The room's version, as its name.
    var version: String?
    /// The algorithm of its encryption.
    var encryption: String?
    /// The rooms whose members may join a restricted room.
    var allowedRooms: [RoomID] = []
    /// The children of a space, in order.
    var children: [SpaceChild] = []

    init(room: RoomID) { self.room = room }

    /// Whether the room holds other rooms.
    var isSpace: Bool { roomType == "m.space" }

    /// Whether who meets a condition may join.
    var isRestricted: Bool { joinRule == "restricted" || joinRule == "knock_restricted" }

    /// The members of an entry in the directory.
    var directoryValue: JSONValue {
        var members: [String: JSONValue] = [
            "room_id": .string(room.description), "num_joined_members": .integer(joinedMembers), "world_readable": .bool(isWorldReadable),
            "guest_can_join": .bool(guestsMayJoin),
        ]
        for (key, text) in [
            ("name", name), ("topic", topic), ("canonical_alias", alias), ("avatar_url", avatarURL), ("join_rule", joinRule),
            ("room_type", roomType),
        ] {
            if let text { members[key] = .string(text) }
        }
        return .object(members)
    }

    /// The members of a summary: those of the directory's entry, and what is needed to join.
    var value: JSONValue {
        var value = directoryValue
        if let version { value["room_version"] = .string(version) }
        if let encryption { value["encryption"] = .string(encryption) }
        if isRestricted { value["allowed_room_ids"] = .array(allowedRooms.map { .string($0.description) }) }
        return value
    }

    /// The summary with the children of a space.
    func value(suggestedOnly: Bool) -> JSONValue {
        var value = value
        value["children_state"] = .array(children.filter { !suggestedOnly || $0.isSuggested }.map(\.value))
        return value
    }
}

extension RoomSummary {
    /// What the room's present state says; `children` are read of spaces alone.
    static func read(_ row: RoomRow, _ transaction: Transaction, _ caches: ReadCaches) throws -> RoomSummary {
        let (state, events) = (StateStore(transaction), EventStore(transaction))
        func content(_ key: StateKey) throws -> JSON? {
            guard let slot = try caches.slot(key, transaction), let number = try state.currentEvent(room: row.number, slot: slot) else { return nil }
            return try events.event(number: number)?.event.content
        }
        var summary = RoomSummary(room: row.id)
        summary.joinedMembers = try MembershipStore(transaction).count(room: row.number, .join)
        summary.name = try content(.name)?["name"]?.string
        summary.topic = try plainTopic(content(.topic))
        summary.alias = try content(.canonicalAlias)?["alias"]?.string
        summary.avatarURL = try content(.avatar)?["url"]?.string
        let rule = try content(.joinRules)
        // A room that sets no rule admits those who are invited.
        summary.joinRule = rule?["join_rule"]?.string ?? "invite"
        summary.allowedRooms = allowedRooms(rule?["allow"])
        summary.roomType = try content(.create)?["type"]?.string
        summary.isWorldReadable = try content(.historyVisibility)?["history_visibility"]?.string == "world_readable"
        summary.guestsMayJoin = try content(.guestAccess)?["guest_access"]?.string == "can_join"
        summary.version = row.version.rawValue
        summary.encryption = try content(.encryption)?["algorithm"]?.string
        if summary.isSpace {
            let numbers = try SpaceQueries(transaction).children(of: row.number, limit: SpaceLimits.children)
            summary.children = try events.events(numbers: numbers).compactMap { SpaceChild($0.event) }.sorted()
        }
        return summary
    }

    /// "The plain text topic of the room. Omitted if no text/plain mimetype exists in m.room.topic."
    private static func plainTopic(_ content: JSON?) -> String? {
        guard let content else { return nil }
        if let texts = content["m.topic"]?["m.text"], texts.isArray {
            for text in texts.elements where text["mimetype"]?.string ?? "text/plain" == "text/plain" {
                if let body = text["body"]?.string { return body }
            }
        }
        return content["topic"]?.string
    }

    /// Conditions of a join rule that are looked at.
    private static let maximumConditions = 100

    private static func allowedRooms(_ conditions: JSON?) -> [RoomID] {
        (conditions?.elements.prefix(maximumConditions).map { $0 } ?? []).compactMap { condition in
            guard condition["type"]?.string == "m.room_membership" else { return nil }
            return condition["room_id"]?.string.flatMap { RoomID($0) }
        }
    }
}

extension RoomSummary {
    /// What another server tells of a room, cut down to what is known and bounded; nil where it names no room.
    init?(told json: JSON) {
        guard let room = json["room_id"]?.string.flatMap({ RoomID($0) }) else { return nil }
        func text(_ key: String) -> String? {
            json[key]?.string.flatMap { $0.utf8.count <= SpaceLimits.textBytes ? $0 : nil }
        }
        self.init(room: room)
        joinedMembers = max(0, json["num_joined_members"]?.integer ?? 0)
        name = text("name")
        topic = text("topic")
        alias = text("canonical_alias").flatMap { RoomAlias($0)?.description }
        avatarURL = text("avatar_url").flatMap { $0.hasPrefix("mxc://") ? $0 : nil }
        joinRule = text("join_rule")
        roomType = text("room_type")
        isWorldReadable = json["world_readable"]?.bool ?? false
        guestsMayJoin = json["guest_can_join"]?.bool ?? false
        version = text("room_version") ?? text("im.nheko.summary.room_version") ?? text("im.nheko.summary.version")
        encryption = text("encryption") ?? text("im.nheko.summary.encryption")
        let allowed = json["allowed_room_ids"]?.elements.prefix(RoomSummary.maximumConditions).map { $0 } ?? []
        allowedRooms = allowed.compactMap { $0.string.flatMap { RoomID($0) } }
        let told = json["children_state"]?.elements.prefix(SpaceLimits.children).map { $0 } ?? []
        children = told.compactMap { SpaceChild(told: $0) }.sorted()
    }

    /// What the stripped state of an invite or knock says of its room.
    init(room: RoomID, stripped: JSON) {
        self.init(room: room)
        for event in stripped.elements where event["state_key"]?.string == "" {
            guard let content = event["content"] else { continue }
            switch event["type"]?.string {
            case "m.room.name": name = content["name"]?.string
            case "m.room.topic": topic = RoomSummary.plainTopic(content)
            case "m.room.canonical_alias": alias = content["alias"]?.string
            case "m.room.avatar": avatarURL = content["url"]?.string
            case "m.room.join_rules":
                joinRule = content["join_rule"]?.string
                allowedRooms = RoomSummary.allowedRooms(content["allow"])
            case "m.room.create":
                roomType = content["type"]?.string
                version = content["room_version"]?.string ?? RoomVersion.v1.rawValue
            case "m.room.encryption": encryption = content["algorithm"]?.string
            default: continue
            }
        }
    }
}

import Database
import MatrixAPI
import MatrixModel
import Storage

/// A room as the directory shows it (client-server API, "Published room directory").
struct DirectoryEntry: Sendable {
    let room: RoomID
    let joinedMembers: Int
    let name: String?
    let topic: String?
    let alias: String?
    let avatarURL: String?
    let joinRule: String?
    let roomType: String?
    let isWorldReadable: Bool
    let guestsMayJoin: Bool

    /// Nil where the room is not known here any more.
    static func read(_ id: RoomID, _ transaction: Transaction, _ caches: ReadCaches) throws -> DirectoryEntry? {
        guard let room = try RoomStore(transaction).room(id) else { return nil }
        let (state, events) = (StateStore(transaction), EventStore(transaction))
        func content(_ key: StateKey) throws -> JSON? {
            guard let slot = try caches.slot(key, transaction), let number = try state.currentEvent(room: room.number, slot: slot) else {
                return nil
            }
            return try events.event(number: number)?.event.content
        }
        return DirectoryEntry(
            room: id, joinedMembers: try MembershipStore(transaction).count(room: room.number, .join), name: try content(.name)?["name"]?.string,
            topic: try plainTopic(content(.topic)), alias: try content(.canonicalAlias)?["alias"]?.string,
            avatarURL: try content(.avatar)?["url"]?.string, joinRule: try content(.joinRules)?["join_rule"]?.string,
            roomType: try content(.create)?["type"]?.string,
            isWorldReadable: try content(.historyVisibility)?["history_visibility"]?.string == "world_readable",
            guestsMayJoin: try content(.guestAccess)?["guest_access"]?.string == "can_join")
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

    func passes(_ filter: PublicRoomFilter) -> Bool {
        if let types = filter.roomTypes, !types.contains(roomType) { return false }
        guard let term = filter.searchTerm?.lowercased() else { return true }
        return [name, topic, alias].contains { $0?.lowercased().contains(term) == true }
    }

    var value: JSONValue {
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
}

import MatrixAPI
import MatrixModel
import Storage

/// Decides which rooms a list has; what filters ask of account data, spaces and invitations is read when first needed.
final class RoomFilter {
    private let reader: RoomReader
    private let head: Position
    private let direct: Set<String>
    private var byID: [String: ListedRoom]?
    private let rooms: [ListedRoom]
    private var knownTags: [String: Set<String>]?
    private var knownChildren: [String: Set<String>] = [:]
    private var knownInvitations: [Int64: Invitation] = [:]

    /// What an invitation tells of a room that is not here.
    private struct Invitation {
        var type: String?
        var isEncrypted = false
        var name: String?
    }

    /// `direct` are the rooms that `m.direct` has.
    init(_ rooms: [ListedRoom], direct: Set<String>, reader: RoomReader, head: Position) {
        self.direct = direct
        self.rooms = rooms
        self.reader = reader
        self.head = head
    }

    /// Whether the room is in the list of these filters; with `isDirect`, whether it is one of two people, which the caller knows.
    func admits(_ room: ListedRoom, _ filters: SlidingFilters) throws -> Bool {
        if let wanted = filters.isInvited, wanted != (room.membership == .invite) { return false }
        if let wanted = filters.isDirect, wanted != isDirect(room) { return false }
        if let wanted = filters.isEncrypted, try wanted != facts(room).isEncrypted { return false }
        if filters.roomTypes != nil || !filters.notRoomTypes.isEmpty {
            let type = try facts(room).type
            if filters.notRoomTypes.contains(type) { return false }
            if let types = filters.roomTypes, !types.contains(type) { return false }
        }
        if let part = filters.nameLike {
            guard let name = try facts(room).name, name.lowercased().contains(part.lowercased()) else { return false }
        }
        if filters.tags != nil || !filters.notTags.isEmpty {
            let tags = try tags(of: room)
            if filters.notTags.contains(where: tags.contains) { return false }
            if let wanted = filters.tags, !wanted.contains(where: tags.contains) { return false }
        }
        if let spaces = filters.spaces, try !spaces.contains(where: { try children(of: $0).contains(room.id) }) { return false }
        return true
    }

    /// Whether `m.direct` has the room.
    func isDirect(_ room: ListedRoom) -> Bool { direct.contains(room.id) }

    private func tags(of room: ListedRoom) throws -> Set<String> {
        if knownTags == nil { knownTags = try RoomListQueries(reader.transaction).tags(of: reader.user) }
        return knownTags?[room.id] ?? []
    }

    /// The children of a space that the person is joined to: "Unknown spaces or spaces the user is not joined to will be ignored."
    private func children(of space: String) throws -> Set<String> {
        if let known = knownChildren[space] { return known }
        if byID == nil { byID = Dictionary(rooms.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }) }
        var children: Set<String> = []
        if let room = byID?[space], room.membership == .join {
            for state in try StateSelection(reader.transaction).withoutMembers(room: room.room, at: head) where state.key.type == "m.space.child" {
                // "children where via is not present ... are ignored" (client-server API, "Spaces").
                guard let number = state.event, let content = try reader.events.event(number: number)?.event.content,
                    content["via"]?.isArray == true
                else { continue }
                children.insert(state.key.key)
            }
        }
        knownChildren[space] = children
        return children
    }

    /// Type, encryption and name: of the room, or of the invitation to one that is not here.
    private func facts(_ room: ListedRoom) throws -> Invitation {
        guard room.hasStripped else { return Invitation(type: room.type, isEncrypted: room.isEncrypted, name: room.name) }
        if let known = knownInvitations[room.room] { return known }
        var invitation = Invitation()
        if let stripped = try reader.memberships.membership(of: reader.user, room: room.room)?.stripped, let list = try? JSON.parse(stripped) {
            for event in list.elements where event["state_key"]?.string == "" {
                switch event["type"]?.string {
                case "m.room.create": invitation.type = event["content"]?["type"]?.string
                case "m.room.encryption": invitation.isEncrypted = true
                case "m.room.name": invitation.name = event["content"]?["name"]?.string
                default: continue
                }
            }
        }
        knownInvitations[room.room] = invitation
        return invitation
    }
}

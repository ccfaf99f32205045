import HashTreeCollections
import MatrixAPI
import MatrixModel
import RoomGraph
import RoomServer
import Storage

/// What a room passes on to its successor.
struct UpgradePlan: Sendable {
    /// The transferable state, by slot.
    let state: [StateKey: JSONValue]
    /// The image packs, which are stored in the room and would be lost with it.
    let imagePacks: [RoomCreation.Initial]
    /// The children of a space, and the spaces that a room says it is in.
    let relatives: [RoomCreation.Initial]
    /// Bans, which the successor keeps.
    let bans: [(user: String, content: JSONValue)]
    let roomType: JSONValue?
    let federates: JSONValue?
    /// The newest event.
    let lastEvent: EventID?
    /// The upgrading user's level.
    let level: Int

    /// "the recommended state events to transfer".
    private static let transferred: [StateKey] = [
        .serverACL, .encryption, .name, .avatar, .topic, .guestAccess, .historyVisibility, .joinRules, .powerLevels,
    ]

    /// Reads the room; 403 where the person may not replace it.
    static func read(_ id: RoomID, _ reader: RoomReader) throws -> UpgradePlan {
        let room = try reader.joined(id).room
        let levels = try reader.powerLevels(of: room)
        guard levels.level(of: reader.user) >= levels.required(for: "m.room.tombstone", isState: true) else {
            throw MatrixError.forbidden("You may not replace this room: it takes the power to send m.room.tombstone.")
        }
        var state: [StateKey: JSONValue] = [:]
        for key in transferred + [.canonicalAlias] {
            state[key] = try reader.currentEvent(key, room: room.number)?.event.content.value
        }
        let create = try reader.currentEvent(.create, room: room.number)?.event.content
        let bans = try reader.memberships.members(room: room.number, .ban).compactMap { row in
            try reader.events.event(number: row.event).map { (row.user.description, $0.event.content.value) }
        }
        let last = try reader.events.timeline(room: room.number, limit: 1, newestFirst: true).first?.event.id
        let isSpace = create?["type"]?.string == "m.space"
        let others = try SyncQueries(reader.transaction).currentStateWithoutMembers(room: room.number)
        let relatives = try others.keys.sorted().compactMap { slot -> RoomCreation.Initial? in
            guard let key = try reader.state.key(ofSlot: slot), key.type == "m.space.parent" || isSpace && key.type == "m.space.child",
                let content = try others[slot].flatMap({ try reader.events.event(number: $0) })?.event.content, content.count > 0
            else { return nil }
            return RoomCreation.Initial(type: key.type, stateKey: key.key, content: content.value)
        }
        return UpgradePlan(
            state: state, imagePacks: try imagePacks(of: room, reader), relatives: relatives, bans: bans, roomType: create?["type"]?.value,
            federates: create?["m.federate"]?.value, lastEvent: last,
            level: levels.level(of: reader.user))
    }

    /// Image packs that are carried over.
    private static let largestPackCount = 200

    private static func imagePacks(of room: RoomRow, _ reader: RoomReader) throws -> [RoomCreation.Initial] {
        var packs: [RoomCreation.Initial] = []
        for (slot, number) in try SyncQueries(reader.transaction).currentStateWithoutMembers(room: room.number).sorted(by: { $0.key < $1.key }) {
            guard packs.count < largestPackCount, let key = try reader.state.key(ofSlot: slot), ImagePackCheck.packTypes.contains(key.type),
                let content = try reader.events.event(number: number)?.event.content, content.count > 0
            else { continue }
            packs.append(.init(type: key.type, stateKey: key.key, content: content.value))
        }
        return packs
    }

    /// The room that replaces this one.
    func successor(
        of id: RoomID, _ version: RoomVersion, creator: UserID, additionalCreators: [UserID], profile: JSONValue
    ) throws(MatrixError) -> RoomCreation {
        var content: JSONValue = ["predecessor": ["room_id": .string(id.description)]]
        // "When upgrading to room version 12 or later, the event_id property inside predecessor MAY be omitted."
        if let lastEvent { content["predecessor"]?["event_id"] = .string(lastEvent.description) }
        content["type"] = roomType
        content["m.federate"] = federates
        if version.rules.allowsAdditionalCreators {
            var seen: Set<UserID> = [creator]
            let creators = additionalCreators.filter { seen.insert($0).inserted }
            if !creators.isEmpty { content["additional_creators"] = .array(creators.map { .string($0.description) }) }
        }
        let creators = [creator] + (version.rules.allowsAdditionalCreators ? additionalCreators : [])
        var events = [RoomCreation.Initial(type: "m.room.power_levels", content: initialPowerLevels(version, creators: creators))]
        for key in UpgradePlan.transferred where key != .powerLevels {
            if let content = state[key] { events.append(.init(type: key.type, stateKey: key.key, content: content)) }
        }
        events += imagePacks
        events += relatives
        for ban in bans { events.append(.init(type: "m.room.member", stateKey: ban.user, content: ban.content)) }
        return RoomCreation(creator: creator, version: version, creationContent: content, creatorProfile: profile, events: events)
    }

    /// The old levels, under which the creator can set the new room up.
    private func initialPowerLevels(_ version: RoomVersion, creators: [UserID]) -> JSONValue {
        var levels = state[.powerLevels] ?? PowerLevelDefaults(creator: creators[0], rules: version.rules, isPublic: false).content
        if version.rules.creatorsHaveInfinitePower {
            for creator in creators { levels["users"]?[creator.description] = nil }
            let stateDefault = levels["state_default"]?.integer ?? 50
            if levels["events"] == nil { levels["events"] = [:] }
            let tombstone = levels["events"]?["m.room.tombstone"]?.integer ?? stateDefault
            levels["events"]?["m.room.tombstone"] = .integer(max(tombstone, stateDefault + 1, 150))
        } else {
            if levels["users"] == nil { levels["users"] = [:] }
            let needed = ([50, 100, level] + (levels["events"]?.object ?? [:]).values.compactMap(\.integer)).filter { $0 < PowerLevels.infinite }
            levels["users"]?[creators[0].description] = .integer(needed.max() ?? 100)
        }
        return levels
    }

    /// The old levels once more, where the creator held less in the old room than it took to set the new one up.
    func restoredPowerLevels(_ version: RoomVersion, creator: UserID) -> JSONValue? {
        guard !version.rules.creatorsHaveInfinitePower, level != PowerLevels.infinite, let levels = state[.powerLevels] else { return nil }
        let initial = initialPowerLevels(version, creators: [creator])
        return initial == levels ? nil : levels
    }

    /// "setting events_default and invite to the greater of 50 and users_default + 1".
    var closedPowerLevels: JSONValue {
        var levels = state[.powerLevels] ?? [:]
        let level = max(50, (levels["users_default"]?.integer ?? 0) + 1)
        for key in ["events_default", "invite"] { levels[key] = .integer(max(level, levels[key]?.integer ?? 0)) }
        return levels
    }
}

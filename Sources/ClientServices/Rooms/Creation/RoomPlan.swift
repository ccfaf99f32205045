import MatrixAPI
import MatrixModel
import RoomServer

/// The state of a room to be made, from what its creator asks for (client-server API, "Creation").
struct RoomPlan {
    let creator: UserID
    let version: RoomVersion
    /// `displayname` and `avatar_url` of the creator.
    let profile: JSONValue
    /// The alias that was made of `room_alias_name`.
    let alias: RoomAlias?
    /// The room that this one replaces, for upgrades.
    var predecessor: JSONValue?

    /// The room; invitations are apart, as users of other servers are invited through them.
    func creation(_ request: CreateRoom.Request) throws(MatrixError) -> RoomCreation {
        // "If unspecified, the server should use the visibility to determine which preset to use."
        let preset = request.preset ?? (request.visibility == .public ? .publicChat : .privateChat)
        let trusted = preset == .trustedPrivateChat ? request.invitees : []

        var powerLevels = PowerLevelDefaults(creator: creator, rules: version.rules, isPublic: preset == .publicChat).content
        if !version.rules.creatorsHaveInfinitePower {
            // "All invitees are given the same power level as the room creator."
            for user in trusted { powerLevels["users"]?[user.description] = 100 }
        }
        // "This object is applied on top of the generated m.room.power_levels event content."
        for (key, value) in request.powerLevelOverride.object ?? [:] { powerLevels[key] = value }

        var events = [RoomCreation.Initial(type: "m.room.power_levels", content: powerLevels)]
        if let alias { events.append(.init(type: "m.room.canonical_alias", content: ["alias": .string(alias.description)])) }
        let given = Set(request.initialState.map(\.slot))
        // initial_state "takes precedence over events set by preset, but gets overridden by name and topic keys".
        for event in RoomPlan.presetEvents(preset) where !given.contains(StateKey(event.type, event.stateKey)) { events.append(event) }
        for event in request.initialState {
            if event.slot == .name, request.name != nil { continue }
            if event.slot == .topic, request.topic != nil { continue }
            events.append(.init(type: event.slot.type, stateKey: event.slot.key, content: event.content))
        }
        if let name = request.name { events.append(.init(type: "m.room.name", content: ["name": .string(name)])) }
        if let topic = request.topic { events.append(.init(type: "m.room.topic", content: RoomPlan.topicContent(topic))) }
        return RoomCreation(
            creator: creator, version: version, creationContent: try createContent(request.creationContent, trusted: trusted),
            creatorProfile: profile, events: events)
    }

    /// The content of the create event: "The server will overwrite the following keys: creator, room_version."
    private func createContent(_ asked: JSONValue, trusted: [UserID]) throws(MatrixError) -> JSONValue {
        var content = asked.object ?? [:]
        content["creator"] = nil
        content["room_version"] = nil
        if let predecessor { content["predecessor"] = predecessor }
        guard version.rules.allowsAdditionalCreators else { return .object(content) }
        // "the server SHOULD combine additional_creators specified here and the invite array into the eventual m.room.create event's
        // additional_creators, deduplicating between the two parameters."
        var creators: [String] = []
        if let given = content["additional_creators"] {
            guard let list = given.array else { throw .badJSON("'additional_creators' must be a list of user IDs.") }
            for element in list {
                guard let text = element.string, UserID(text) != nil else { throw .badJSON("'additional_creators' must be a list of user IDs.") }
                creators.append(text)
            }
        }
        creators += trusted.map(\.description)
        var seen: Set<String> = [creator.description]
        let unique = creators.filter { seen.insert($0).inserted }
        content["additional_creators"] = unique.isEmpty ? nil : .array(unique.map { .string($0) })
        return .object(content)
    }

    private static func presetEvents(_ preset: CreateRoom.Preset) -> [RoomCreation.Initial] {
        let joinRule: JSONValue
        let guestAccess: JSONValue
        switch preset {
        case .privateChat, .trustedPrivateChat: (joinRule, guestAccess) = ("invite", "can_join")
        case .publicChat: (joinRule, guestAccess) = ("public", "forbidden")
        }
        return [
            .init(type: "m.room.join_rules", content: ["join_rule": joinRule]),
            .init(type: "m.room.history_visibility", content: ["history_visibility": "shared"]),
            .init(type: "m.room.guest_access", content: ["guest_access": guestAccess]),
        ]
    }

    /// "an m.room.topic event with a text/plain mimetype".
    static func topicContent(_ topic: String) -> JSONValue {
        ["topic": .string(topic), "m.topic": ["m.text": [["body": .string(topic), "mimetype": "text/plain"]]]]
    }
}

/// The power levels of a new room.
struct PowerLevelDefaults {
    let creator: UserID
    let rules: RoomVersionRules
    let isPublic: Bool

    var content: JSONValue {
        // "If the room's version is 12 or higher, the power level for sending m.room.tombstone events MUST explicitly be higher than
        // state_default. For example, set to 150 instead of 100."
        let tombstone: JSONValue = rules.creatorsHaveInfinitePower ? 150 : 100
        // From version 12 on the creator "cannot be specified in the users field".
        let users: JSONValue = rules.creatorsHaveInfinitePower ? [:] : [creator.description: 100]
        return [
            "ban": 50, "kick": 50, "redact": 50, "invite": isPublic ? 50 : 0, "users_default": 0, "events_default": 0, "state_default": 50,
            "users": users,
            "events": [
                "m.room.name": 50, "m.room.avatar": 50, "m.room.topic": 50, "m.room.canonical_alias": 50, "m.room.power_levels": 100,
                "m.room.history_visibility": 100, "m.room.encryption": 100, "m.room.server_acl": 100, "m.room.tombstone": tombstone,
            ],
        ]
    }
}

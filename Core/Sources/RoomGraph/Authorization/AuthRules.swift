public import MatrixModel

/// The authorisation rules of all room versions, each version's differences behind the flags of its row.
public enum AuthRules {
    /// Applies the rules that depend on a state: that of the auth events, the one before the event, or the current one (soft failure).
    ///
    /// The create event is given where the state does not hold it.
    public static func authorize(_ event: Event, state: some StateLookup, createEvent: Event? = nil) throws(AuthRejection) {
        if event.type == "m.room.create" { return try authorizeCreate(event) }
        guard let create = createEvent ?? state.event(at: .create) else { throw .noCreateInState }
        let context = AuthContext(event: event, state: state, create: create)
        try context.checkRoom()
        if event.rules.specialCasesAliases, event.type == "m.room.aliases" { return try authorizeAliases(event) }
        if event.type == "m.room.member" { return try context.authorizeMember() }
        guard context.membership(of: event.sender.description) == .join else { throw .senderNotJoined }
        if event.type == "m.room.third_party_invite" { return try context.authorizeThirdPartyInviteEvent() }
        try context.checkRequiredPower()
        if event.type == "m.room.power_levels" { return try context.authorizePowerLevels() }
        if event.rules.redactionPowerInAuthRules, event.type == "m.room.redaction" { return try context.authorizeRedaction() }
    }

    /// Applies the rules on which events an event's `auth_events` are; whoever calls has fetched them all.
    ///
    /// `createEvent` is that of the room, where the room version leaves it out of `auth_events`; nil where it is unknown or rejected.
    public static func checkAuthEvents(
        _ event: Event, authEvents: [Event], createEvent: Event? = nil, isRejected: (EventID) -> Bool = { _ in false }
    ) throws(AuthRejection) {
        if event.type == "m.room.create" { return }
        if event.rules.roomIDIsCreateHash, let createEvent {
            guard isRoom(event.roomID, of: createEvent), !isRejected(createEvent.id) else { throw .roomIDNotOfCreateEvent }
        }
        let expected = AuthEvents.keys(for: event)
        var seen: [StateKey] = []
        for authEvent in authEvents {
            guard let slot = authEvent.slot else { throw .unexpectedAuthEvent(authEvent.id) }
            guard !seen.contains(slot) else { throw .duplicateAuthEvent(slot) }
            seen.append(slot)
            guard expected.contains(slot) else { throw .unexpectedAuthEvent(authEvent.id) }
            guard !isRejected(authEvent.id) else { throw .rejectedAuthEvent(authEvent.id) }
            guard authEvent.roomID == event.roomID else { throw .authEventOfOtherRoom(authEvent.id) }
        }
        if event.rules.createEventInAuthEvents, !seen.contains(.create) { throw .noCreateAmongAuthEvents }
    }

    /// Whether the room's ID is that create event's, sigil aside.
    static func isRoom(_ room: RoomID, of create: Event) -> Bool {
        room.description.utf8.dropFirst().elementsEqual(create.id.description.utf8.dropFirst())
    }

    private static func authorizeCreate(_ event: Event) throws(AuthRejection) {
        guard event.prevEvents.isEmpty else { throw .createHasPrevEvents }
        if event.rules.roomIDIsCreateHash {
            guard event.json["room_id"] == nil else { throw .createHasRoomID }
        } else {
            guard event.roomID.server == event.sender.server else { throw .createRoomIDOfOtherServer }
        }
        if let version = event.content["room_version"] {
            guard let name = version.string, RoomVersion(name) != nil else { throw .createUnknownRoomVersion }
        }
        if !event.rules.implicitRoomCreator, event.content["creator"] == nil { throw .createWithoutCreator }
        if event.rules.allowsAdditionalCreators, let creators = event.content["additional_creators"] {
            guard creators.isArray, creators.elements.allSatisfy({ $0.string.flatMap { UserID($0) } != nil }) else {
                throw .createMalformedAdditionalCreators
            }
        }
    }

    private static func authorizeAliases(_ event: Event) throws(AuthRejection) {
        guard let stateKey = event.stateKey else { throw .aliasesWithoutStateKey }
        guard stateKey.hasSameBytes(as: event.sender.server.description) else { throw .aliasesOfOtherServer }
    }
}

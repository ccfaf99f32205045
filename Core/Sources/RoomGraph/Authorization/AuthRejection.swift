public import MatrixModel

/// Why the authorisation rules refuse an event; each case is one rule of the room versions' "Authorisation rules".
public enum AuthRejection: Error, Hashable, Sendable {
    // MARK: m.room.create

    /// "If it has any prev_events, reject."
    case createHasPrevEvents
    /// "If the domain of the room_id does not match the domain of the sender, reject."
    case createRoomIDOfOtherServer
    /// "If the event has a room_id, reject."
    case createHasRoomID
    /// "If content.room_version is present and is not a recognised version, reject."
    case createUnknownRoomVersion
    /// "If content has no creator property, reject."
    case createWithoutCreator
    /// "If additional_creators is present in content and is not an array of strings where each string passes the same user ID
    /// validation …, reject."
    case createMalformedAdditionalCreators

    // MARK: auth_events

    /// "If there are duplicate entries for a given type and state_key pair, reject."
    case duplicateAuthEvent(StateKey)
    /// "If there are entries whose type and state_key don't match those specified by the auth events selection algorithm …, reject."
    case unexpectedAuthEvent(EventID)
    /// "If there are entries which were themselves rejected …, reject."
    case rejectedAuthEvent(EventID)
    /// "If there is no m.room.create event among the entries, reject."
    case noCreateAmongAuthEvents
    /// "If any event in auth_events has a room_id which does not match that of the event being authorised, reject."
    case authEventOfOtherRoom(EventID)
    /// "If the event's room_id is not an event ID for an accepted (not rejected) m.room.create event, with the sigil ! instead of $, reject."
    case roomIDNotOfCreateEvent
    /// The state to authorise against holds no create event: every rule that follows reads it.
    case noCreateInState

    // MARK: Any event

    /// "If the content of the m.room.create event … has the property m.federate set to false, and the sender domain … does not
    /// match …, reject."
    case notFederated
    /// "If the sender's current membership state is not join, reject."
    case senderNotJoined
    /// "If the event type's required power level is greater than the sender's power level, reject."
    case insufficientPower(required: Int, actual: Int)
    /// "If the event has a state_key that starts with an @ and does not match the sender, reject."
    case stateKeyOfOtherUser

    // MARK: m.room.aliases

    /// "If event has no state_key, reject."
    case aliasesWithoutStateKey
    /// "If sender's domain doesn't match state_key, reject."
    case aliasesOfOtherServer

    // MARK: m.room.member

    /// "If there is no state_key property … reject."
    case memberWithoutStateKey
    /// "If there is … no membership property in content, reject."
    case memberWithoutMembership
    /// "If the event is not validly signed by the homeserver of the user ID denoted by the key, reject."
    case authorisingServerDidNotSign
    /// "The membership is unknown. Reject."
    case unknownMembership
    /// Join: "If the sender does not match state_key, reject."
    case joinForOtherUser
    /// Join: "If the sender is banned, reject."
    case joinWhileBanned
    /// Join: the join rule admits only who is invited or joined.
    case joinWithoutInvite
    /// Join: "If the join_authorised_via_users_server key in content is not a user with sufficient permission to invite …, reject."
    case restrictedJoinNotAuthorised
    /// Join: the join rule admits nobody, or is unknown in this room version.
    case joinRuleAdmitsNobody
    /// Invite: "If target user is banned, reject."
    case inviteOfBannedUser
    /// Invite: "If target user's current membership state is join …, reject."
    case inviteOfJoinedUser
    /// Invite: "If the sender's current membership state is not join, reject."
    case inviteByNonMember
    /// Invite: the sender's power level is below the invite level.
    case insufficientPowerToInvite(required: Int, actual: Int)
    /// Third-party invite: "If content.third_party_invite does not have a signed property, reject."
    case thirdPartyInviteWithoutSigned
    /// Third-party invite: "If signed does not have mxid and token properties, reject."
    case thirdPartyInviteWithoutTokenOrUser
    /// Third-party invite: "If mxid does not match state_key, reject."
    case thirdPartyInviteOfOtherUser
    /// Third-party invite: "If there is no m.room.third_party_invite event in the current room state with state_key matching token, reject."
    case thirdPartyInviteUnknownToken
    /// Third-party invite: "If sender does not match sender of the m.room.third_party_invite, reject."
    case thirdPartyInviteBySomebodyElse
    /// Third-party invite: no signature in `signed` matches a public key of the `m.room.third_party_invite` event.
    case thirdPartyInviteUnsigned
    /// Leave: "If the sender matches state_key, allow if and only if that user's current membership state is invite, join, or knock."
    case leaveWithoutMembership
    /// Kick or unban: "If the sender's current membership state is not join, reject."
    case kickByNonMember
    /// Unban: the sender's power level is below the ban level.
    case insufficientPowerToUnban(required: Int, actual: Int)
    /// Kick: the sender's power level is below the kick level.
    case insufficientPowerToKick(required: Int, actual: Int)
    /// Kick: the target's power level is not below the sender's.
    case kickOfEqualPower(target: Int, actual: Int)
    /// Ban: "If the sender's current membership state is not join, reject."
    case banByNonMember
    /// Ban: the sender's power level is below the ban level.
    case insufficientPowerToBan(required: Int, actual: Int)
    /// Ban: the target's power level is not below the sender's.
    case banOfEqualPower(target: Int, actual: Int)
    /// Knock: "If the join_rule is anything other than knock or knock_restricted, reject."
    case joinRuleForbidsKnocking
    /// Knock: "If sender does not match state_key, reject."
    case knockForOtherUser
    /// Knock: the sender is banned, invited or joined.
    case knockDespiteMembership

    // MARK: m.room.third_party_invite

    /// "Allow if and only if sender's current power level is greater than or equal to the invite level."
    case insufficientPowerForThirdPartyInvite(required: Int, actual: Int)

    // MARK: m.room.power_levels

    /// "If any of the properties users_default, … are present and not an integer, reject."
    case powerLevelNotInteger(String)
    /// "If either of the properties events or notifications in content are present and not an object with values that are integers, reject."
    case powerLevelsNotIntegers(String)
    /// "If the users property in content is not an object with keys that are valid user IDs with values that are integers, reject."
    case powerLevelUsersMalformed
    /// "If the users property in content contains the sender of the m.room.create event or any of the additional_creators …, reject."
    case powerLevelsNameCreator
    /// "If the current value is greater than the sender's current power level, reject."
    case changesPowerLevelAboveOwn(String)
    /// "If the new value is greater than the sender's current power level, reject."
    case setsPowerLevelAboveOwn(String)
    /// Another user's entry: "If the current value is greater than or equal to the sender's current power level, reject."
    case changesUserOfEqualPower(String)

    // MARK: m.room.redaction

    /// Room versions 1 and 2: neither the redact level nor the event ID's domain allows it.
    case insufficientPowerToRedact(required: Int, actual: Int)
}

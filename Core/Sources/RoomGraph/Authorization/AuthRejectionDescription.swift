extension AuthRejection: CustomStringConvertible {
    /// A sentence for a person, such as an API's `error`.
    public var description: String {
        switch self {
        case .createHasPrevEvents: "A create event has no previous events."
        case .createRoomIDOfOtherServer: "The room ID is of another server than the creator."
        case .createHasRoomID: "A create event of this room version has no room ID."
        case .createUnknownRoomVersion: "The room version is not known."
        case .createWithoutCreator: "The create event names no creator."
        case .createMalformedAdditionalCreators: "'additional_creators' is not a list of user IDs."
        case .duplicateAuthEvent(let key): "Two auth events are of the same slot \(key)."
        case .unexpectedAuthEvent(let id): "The auth event \(id) is not one that authorises this event."
        case .rejectedAuthEvent(let id): "The auth event \(id) was rejected."
        case .noCreateAmongAuthEvents: "No create event is among the auth events."
        case .authEventOfOtherRoom(let id): "The auth event \(id) is of another room."
        case .roomIDNotOfCreateEvent: "The room ID is not that of an accepted create event."
        case .noCreateInState: "The room has no create event."
        case .notFederated: "The room is closed to other servers."
        case .senderNotJoined: "The sender is not in the room."
        case .insufficientPower(let required, let actual): Self.insufficient("send this event", required, actual)
        case .stateKeyOfOtherUser: "The state key names another user."
        case .aliasesWithoutStateKey: "An aliases event needs a state key."
        case .aliasesOfOtherServer: "The aliases are of another server than the sender."
        case .memberWithoutStateKey: "A membership event needs a state key."
        case .memberWithoutMembership: "A membership event needs a membership."
        case .authorisingServerDidNotSign: "The server that should authorise the join has not signed it."
        case .unknownMembership: "The membership is not known in this room version."
        case .joinForOtherUser: "Nobody can join for another user."
        case .joinWhileBanned: "The user is banned from the room."
        case .joinWithoutInvite: "The user is not invited to the room."
        case .restrictedJoinNotAuthorised: "No member who may invite authorised the join."
        case .joinRuleAdmitsNobody: "The room's join rule admits nobody."
        case .inviteOfBannedUser: "The invited user is banned from the room."
        case .inviteOfJoinedUser: "The invited user is in the room already."
        case .inviteByNonMember: "The inviting user is not in the room."
        case .insufficientPowerToInvite(let required, let actual): Self.insufficient("invite", required, actual)
        case .thirdPartyInviteWithoutSigned: "The third-party invite is not signed."
        case .thirdPartyInviteWithoutTokenOrUser: "The third-party invite lacks user or token."
        case .thirdPartyInviteOfOtherUser: "The third-party invite is for another user."
        case .thirdPartyInviteUnknownToken: "The room has no third-party invite of this token."
        case .thirdPartyInviteBySomebodyElse: "The third-party invite is by another sender."
        case .thirdPartyInviteUnsigned: "No signature on the third-party invite is of the room's key for it."
        case .leaveWithoutMembership: "The user is not in the room, nor invited, nor knocking."
        case .kickByNonMember: "The sender is not in the room."
        case .insufficientPowerToUnban(let required, let actual): Self.insufficient("unban", required, actual)
        case .insufficientPowerToKick(let required, let actual): Self.insufficient("kick", required, actual)
        case .kickOfEqualPower(let target, let actual): Self.equal("kick", target, actual)
        case .banByNonMember: "The sender is not in the room."
        case .insufficientPowerToBan(let required, let actual): Self.insufficient("ban", required, actual)
        case .banOfEqualPower(let target, let actual): Self.equal("ban", target, actual)
        case .joinRuleForbidsKnocking: "The room's join rule does not allow knocking."
        case .knockForOtherUser: "Nobody can knock for another user."
        case .knockDespiteMembership: "The user is banned, invited or in the room already."
        case .insufficientPowerForThirdPartyInvite(let required, let actual): Self.insufficient("invite", required, actual)
        case .powerLevelNotInteger(let key): "The power level '\(key)' is not an integer."
        case .powerLevelsNotIntegers(let key): "The power levels '\(key)' are not all integers."
        case .powerLevelUsersMalformed: "The power levels 'users' do not map user IDs to integers."
        case .powerLevelsNameCreator: "Creators of the room have no power level."
        case .changesPowerLevelAboveOwn(let key): "The power level '\(key)' is above the sender's own."
        case .setsPowerLevelAboveOwn(let key): "The new power level '\(key)' is above the sender's own."
        case .changesUserOfEqualPower(let user): "The power level of \(user) is not below the sender's own."
        case .insufficientPowerToRedact(let required, let actual): Self.insufficient("redact", required, actual)
        }
    }

    private static func insufficient(_ deed: String, _ required: Int, _ actual: Int) -> String {
        "To \(deed) takes power level \(required); the sender has \(actual)."
    }

    private static func equal(_ deed: String, _ target: Int, _ actual: Int) -> String {
        "To \(deed) takes a higher power level than the target's \(target); the sender has \(actual)."
    }
}

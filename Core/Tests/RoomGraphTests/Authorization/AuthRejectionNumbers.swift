import RoomGraph

extension AuthRejectionCases {
    /// How many rules there are.
    static let count = 58

    /// A number for each rule; the compiler asks for one where a rule is added.
    static func number(of rejection: AuthRejection) -> Int {
        switch rejection {
        case .createHasPrevEvents: 0
        case .createRoomIDOfOtherServer: 1
        case .createHasRoomID: 2
        case .createUnknownRoomVersion: 3
        case .createWithoutCreator: 4
        case .createMalformedAdditionalCreators: 5
        case .duplicateAuthEvent: 6
        case .unexpectedAuthEvent: 7
        case .rejectedAuthEvent: 8
        case .noCreateAmongAuthEvents: 9
        case .authEventOfOtherRoom: 10
        case .roomIDNotOfCreateEvent: 11
        case .noCreateInState: 12
        case .notFederated: 13
        case .senderNotJoined: 14
        case .insufficientPower: 15
        case .stateKeyOfOtherUser: 16
        case .aliasesWithoutStateKey: 17
        case .aliasesOfOtherServer: 18
        case .memberWithoutStateKey: 19
        case .memberWithoutMembership: 20
        case .authorisingServerDidNotSign: 21
        case .unknownMembership: 22
        case .joinForOtherUser: 23
        case .joinWhileBanned: 24
        case .joinWithoutInvite: 25
        case .restrictedJoinNotAuthorised: 26
        case .joinRuleAdmitsNobody: 27
        case .inviteOfBannedUser: 28
        case .inviteOfJoinedUser: 29
        case .inviteByNonMember: 30
        case .insufficientPowerToInvite: 31
        case .thirdPartyInviteWithoutSigned: 32
        case .thirdPartyInviteWithoutTokenOrUser: 33
        case .thirdPartyInviteOfOtherUser: 34
        case .thirdPartyInviteUnknownToken: 35
        case .thirdPartyInviteBySomebodyElse: 36
        case .thirdPartyInviteUnsigned: 37
        case .leaveWithoutMembership: 38
        case .kickByNonMember: 39
        case .insufficientPowerToUnban: 40
        case .insufficientPowerToKick: 41
        case .kickOfEqualPower: 42
        case .banByNonMember: 43
        case .insufficientPowerToBan: 44
        case .banOfEqualPower: 45
        case .joinRuleForbidsKnocking: 46
        case .knockForOtherUser: 47
        case .knockDespiteMembership: 48
        case .insufficientPowerForThirdPartyInvite: 49
        case .powerLevelNotInteger: 50
        case .powerLevelsNotIntegers: 51
        case .powerLevelUsersMalformed: 52
        case .powerLevelsNameCreator: 53
        case .changesPowerLevelAboveOwn: 54
        case .setsPowerLevelAboveOwn: 55
        case .changesUserOfEqualPower: 56
        case .insufficientPowerToRedact: 57
        }
    }
}

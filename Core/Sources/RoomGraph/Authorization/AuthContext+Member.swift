import MatrixModel

extension AuthContext {
    /// The rules on `m.room.member`.
    func authorizeMember() throws(AuthRejection) {
        guard let target = event.stateKey else { throw .memberWithoutStateKey }
        guard let text = event.content["membership"] else { throw .memberWithoutMembership }
        try checkAuthorisingServer()
        guard let membership = text.string.flatMap({ Membership(rawValue: $0) }) else { throw .unknownMembership }
        switch membership {
        case .join: try authorizeJoin(of: target)
        case .invite: try authorizeInvite(of: target)
        case .leave: try authorizeLeave(of: target)
        case .ban: try authorizeBan(of: target)
        case .knock:
            guard rules.allowsKnocking else { throw .unknownMembership }
            try authorizeKnock(of: target)
        }
    }

    private var sender: String { event.sender.description }

    /// The signature itself is checked on receipt, with the keys at hand; here it must only be there.
    private func checkAuthorisingServer() throws(AuthRejection) {
        guard rules.allowsRestrictedJoins, event.content["join_authorised_via_users_server"] != nil else { return }
        guard let server = EventSignatures.authorisingServer(of: event), !EventSignatures.keyIDs(in: event, of: server).isEmpty else {
            throw .authorisingServerDidNotSign
        }
    }

    private func authorizeJoin(of target: String) throws(AuthRejection) {
        if event.prevEvents.count == 1, event.prevEvents[0] == create.id, RoomCreators(of: create).creator.hasSameBytes(as: target) { return }
        guard sender.hasSameBytes(as: target) else { throw .joinForOtherUser }
        let current = membership(of: sender)
        if current == .ban { throw .joinWhileBanned }
        let isAdmitted = current == .join || current == .invite
        switch joinRule {
        case "public":
            return
        case "invite":
            guard isAdmitted else { throw .joinWithoutInvite }
        case "knock" where rules.allowsKnocking:
            guard isAdmitted else { throw .joinWithoutInvite }
        case "restricted" where rules.allowsRestrictedJoins, "knock_restricted" where rules.allowsKnockRestricted:
            if isAdmitted { return }
            guard let user = event.content["join_authorised_via_users_server"]?.string, membership(of: user) == .join,
                levels.level(of: user) >= levels.invite
            else { throw .restrictedJoinNotAuthorised }
        default:
            throw .joinRuleAdmitsNobody
        }
    }

    private func authorizeInvite(of target: String) throws(AuthRejection) {
        if let invite = event.content["third_party_invite"] { return try authorizeThirdPartyInvite(invite, of: target) }
        guard membership(of: sender) == .join else { throw .inviteByNonMember }
        switch membership(of: target) {
        case .join: throw .inviteOfJoinedUser
        case .ban: throw .inviteOfBannedUser
        case .invite, .leave, .knock, nil: break
        }
        let actual = senderLevel
        guard actual >= levels.invite else { throw .insufficientPowerToInvite(required: levels.invite, actual: actual) }
    }

    private func authorizeLeave(of target: String) throws(AuthRejection) {
        let current = membership(of: sender)
        if sender.hasSameBytes(as: target) {
            switch current {
            case .join, .invite: return
            case .knock where rules.allowsKnocking: return
            case .knock, .leave, .ban, nil: throw .leaveWithoutMembership
            }
        }
        guard current == .join else { throw .kickByNonMember }
        let actual = senderLevel
        if membership(of: target) == .ban, actual < levels.ban { throw .insufficientPowerToUnban(required: levels.ban, actual: actual) }
        guard actual >= levels.kick else { throw .insufficientPowerToKick(required: levels.kick, actual: actual) }
        let targetLevel = levels.level(of: target)
        guard targetLevel < actual else { throw .kickOfEqualPower(target: targetLevel, actual: actual) }
    }

    private func authorizeBan(of target: String) throws(AuthRejection) {
        guard membership(of: sender) == .join else { throw .banByNonMember }
        let actual = senderLevel
        guard actual >= levels.ban else { throw .insufficientPowerToBan(required: levels.ban, actual: actual) }
        let targetLevel = levels.level(of: target)
        guard targetLevel < actual else { throw .banOfEqualPower(target: targetLevel, actual: actual) }
    }

    private func authorizeKnock(of target: String) throws(AuthRejection) {
        switch joinRule {
        case "knock": break
        case "knock_restricted" where rules.allowsKnockRestricted: break
        default: throw .joinRuleForbidsKnocking
        }
        guard sender.hasSameBytes(as: target) else { throw .knockForOtherUser }
        switch membership(of: sender) {
        case .ban, .invite, .join: throw .knockDespiteMembership
        case .leave, .knock, nil: return
        }
    }
}

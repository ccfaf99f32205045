import MatrixModel
import RoomGraph

extension AuthRejectionCases {
    static let identityKey = SigningKey(seed: Array(repeating: 5, count: 32), id: "ed25519:0")

    /// What an identity server signs for a user.
    static func signed(user: String = carol, token: String = "token", key: SigningKey = identityKey) -> JSONValue {
        JSONSigning.sign(["mxid": .string(user), "token": .string(token)], as: "identity.test", with: key)
    }

    static func thirdPartyInvite(_ signed: JSONValue?, by sender: String = alice) -> Event {
        var invite: JSONValue = ["display_name": "c…@c.test"]
        if let signed { invite["signed"] = signed }
        return Fixture.member(carol, "invite", by: sender, content: ["third_party_invite": invite])
    }

    /// A room in which Alice invited by a third-party identifier.
    static func inviting(_ content: JSONValue? = nil, _ more: [Event] = []) -> [Event] {
        let content = content ?? ["public_key": .string(identityKey.publicKeyBase64)]
        return room([Fixture.event("$third", "m.room.third_party_invite", stateKey: "token", sender: alice, content: content)] + more)
    }

    static let thirdPartyInvites = [
        Example(.inviteOfBannedUser, thirdPartyInvite(signed()), in: inviting(nil, [Fixture.member(carol, "ban", by: alice)])),
        Example(.thirdPartyInviteWithoutSigned, thirdPartyInvite(nil), in: inviting()),
        Example(.thirdPartyInviteWithoutTokenOrUser, thirdPartyInvite(["mxid": .string(carol)]), in: inviting()),
        Example(.thirdPartyInviteWithoutTokenOrUser, thirdPartyInvite(["token": "token"]), in: inviting()),
        Example(.thirdPartyInviteOfOtherUser, thirdPartyInvite(signed(user: bob)), in: inviting()),
        Example(.thirdPartyInviteUnknownToken, thirdPartyInvite(signed(token: "other")), in: inviting()),
        Example(.thirdPartyInviteBySomebodyElse, thirdPartyInvite(signed(), by: bob), in: inviting()),
        Example(.thirdPartyInviteUnsigned, thirdPartyInvite(["mxid": .string(carol), "token": "token"]), in: inviting()),
        Example(
            .thirdPartyInviteUnsigned, thirdPartyInvite(signed(key: SigningKey(seed: Array(repeating: 6, count: 32), id: "ed25519:0"))),
            in: inviting()),
        Example(.thirdPartyInviteUnsigned, thirdPartyInvite(signed()), in: inviting([:])),
    ]
}

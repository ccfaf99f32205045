import MatrixModel

extension AuthContext {
    /// The rules on an invite whose user proved to own a third-party identifier.
    func authorizeThirdPartyInvite(_ invite: JSON, of target: String) throws(AuthRejection) {
        if membership(of: target) == .ban { throw .inviteOfBannedUser }
        guard let signed = invite["signed"] else { throw .thirdPartyInviteWithoutSigned }
        guard let user = signed["mxid"]?.string, let token = signed["token"]?.string else { throw .thirdPartyInviteWithoutTokenOrUser }
        guard user.hasSameBytes(as: target) else { throw .thirdPartyInviteOfOtherUser }
        guard let issued = state.event(at: StateKey("m.room.third_party_invite", token)) else { throw .thirdPartyInviteUnknownToken }
        guard issued.sender == event.sender else { throw .thirdPartyInviteBySomebodyElse }
        let keys = Self.publicKeys(of: issued.content)
        let bytes = JSONSigning.signedBytes(of: signed)
        guard let signers = signed["signatures"] else { throw .thirdPartyInviteUnsigned }
        for (_, signatures) in signers.members {
            for (keyID, signature) in signatures.members where keyID.utf8.starts(with: "ed25519:".utf8) {
                guard let signature = signature.string.flatMap({ Base64.decode($0) }) else { continue }
                if keys.contains(where: { $0.verify(signature: signature, of: bytes) }) { return }
            }
        }
        throw .thirdPartyInviteUnsigned
    }

    /// "A single public key in the public_key property. A list of public keys in the public_keys property."
    private static func publicKeys(of content: JSON) -> [VerifyKey] {
        var keys: [VerifyKey] = []
        if let key = content["public_key"]?.string.flatMap({ VerifyKey(base64: $0) }) { keys.append(key) }
        guard let listed = content["public_keys"] else { return keys }
        for entry in listed.elements {
            if let key = entry["public_key"]?.string.flatMap({ VerifyKey(base64: $0) }) { keys.append(key) }
        }
        return keys
    }
}

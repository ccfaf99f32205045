import MatrixAPI
public import MatrixModel
import RoomServer
import Storage

/// An invite of somebody of whom an address is known (client-server API, "Third-party invites").
public struct ThirdPartyInvitation: Sendable {
    public let room: RoomID
    public let sender: UserID
    /// Host and port of the identity server.
    public let identityServer: ServerName
    /// The sender's token there.
    public let accessToken: String
    public let medium: String
    public let address: String
    /// What the identity server tells the invited person: the room's and the sender's names.
    public let details: JSONValue

    /// What became of it.
    public enum Outcome: Sendable {
        /// The address is that user's.
        case known(UserID)
        /// The identity server keeps the invite under that token; the content is that of `m.room.third_party_invite`.
        case kept(token: String, content: JSONValue)
    }
}

extension MembershipService {
    /// The state that describes a room to the invited, with the members' names there and here.
    private static let describedSlots: [(StateKey, member: String, name: String)] = [
        (.canonicalAlias, "alias", "room_alias"), (.avatar, "url", "room_avatar_url"), (.joinRules, "join_rule", "room_join_rules"),
        (.name, "name", "room_name"),
    ]

    /// Invites whoever owns an address, now or later.
    func invite(
        _ address: ThirdPartyAddress, to room: RoomID, by sender: UserID, isDirect: Bool = false
    ) async throws {
        let details = try await context.read(sender) { reader -> JSONValue in
            let access = try reader.joined(room)
            let number = access.room.number
            var details: JSONValue = ["room_id": .string(room.description), "sender": .string(sender.description)]
            for (key, member, name) in MembershipService.describedSlots {
                if let text = try reader.currentEvent(key, room: number)?.event.content[member]?.string { details[name] = .string(text) }
            }
            let own = try reader.currentEvent(.member(sender), room: number)?.event.content
            if let name = own?["displayname"]?.string { details["sender_display_name"] = .string(name) }
            if let avatar = own?["avatar_url"]?.string { details["sender_avatar_url"] = .string(avatar) }
            if let type = try reader.currentEvent(.create, room: number)?.event.content["type"]?.string { details["room_type"] = .string(type) }
            return details
        }
        let outcome = try await context.remote.inviteThirdParty(
            ThirdPartyInvitation(
                room: room, sender: sender, identityServer: address.identityServer, accessToken: address.accessToken, medium: address.medium,
                address: address.address, details: details))
        switch outcome {
        case .known(let user): try await invite(user, to: room, by: sender, isDirect: isDirect)
        case .kept(let token, let content):
            _ = try await context.rooms.append(
                NewEvent(type: "m.room.third_party_invite", stateKey: token, sender: sender, content: content), to: room)
        }
    }
}

public import MatrixAPI
public import MatrixModel
import RoomGraph
public import RoomServer

/// Makes invites of third-party invites once the invited proved who they are (server-server API, "Third-party invites").
public struct ThirdPartyInvites: Sendable {
    private let rooms: RoomServer
    private let membership: RemoteMembership
    private let client: FederationClient
    private let identity: ThirdPartyIdentityServer
    /// Invites taken from one notice, and keys tried of one invite.
    private static let largestNotice = 100
    private static let largestKeys = 10

    public init(rooms: RoomServer, membership: RemoteMembership, client: FederationClient, identity: ThirdPartyIdentityServer) {
        self.rooms = rooms
        self.membership = membership
        self.client = client
        self.identity = identity
    }

    /// Exchanges an invite that a user of this server made. Throws 403 where it does not hold, 404 for an unknown room.
    public func exchange(_ request: ExchangeThirdPartyInvite.Request, from origin: ServerName) async throws {
        guard request.invitee.server == origin else { throw MatrixError.forbidden("The invited user is not of your server.") }
        guard request.sender.server == rooms.serverName else { throw MatrixError.forbidden("The sender is not of this server.") }
        guard let room = try await rooms.snapshot(of: request.roomID), room.isParticipating else {
            throw MatrixError.notFound("The room is not known here.")
        }
        try await rooms.checkAccess(of: origin, to: request.roomID)
        try await invite(request.invitee, to: request.roomID, by: request.sender, signed: request.signed)
    }

    /// Brings the invites of a user who now owns the address to where they were made.
    ///
    /// One that does not hold is passed over: the identity server can do nothing about it.
    public func bind(_ request: BindThirdPartyIdentifier.Request) async throws {
        guard request.user.server == rooms.serverName else { throw MatrixError.forbidden("The user is not of this server.") }
        for waiting in request.invites.prefix(ThirdPartyInvites.largestNotice) {
            guard waiting.signed["mxid"]?.string == request.user.description else { continue }
            do {
                if waiting.sender.server == rooms.serverName {
                    try await invite(request.user, to: waiting.roomID, by: waiting.sender, signed: waiting.signed)
                } else {
                    let body: JSONValue = [
                        "type": "m.room.member", "room_id": .string(waiting.roomID.description), "sender": .string(waiting.sender.description),
                        "state_key": .string(request.user.description),
                        "content": [
                            "membership": "invite",
                            "third_party_invite": ["display_name": .string(request.user.description), "signed": waiting.signed.value],
                        ],
                    ]
                    _ = try await client.put(
                        RequestTarget("/_matrix/federation/v1/exchange_third_party_invite", waiting.roomID), body, to: waiting.sender.server)
                }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                continue
            }
        }
    }

    private func invite(_ invitee: UserID, to room: RoomID, by sender: UserID, signed: JSON) async throws {
        guard let token = signed["token"]?.string, let issued = try await rooms.stateEvent(StateKey("m.room.third_party_invite", token), in: room)
        else { throw MatrixError.forbidden("There is no such third-party invite.") }
        guard try await isSigned(signed, as: issued.content) else {
            throw MatrixError.forbidden("The identity server's signature does not hold, or its key is not valid any more.")
        }
        var third: JSONValue = ["signed": signed.value]
        if let name = issued.content["display_name"]?.string { third["display_name"] = .string(name) }
        let content: JSONValue = ["membership": "invite", "third_party_invite": third]
        if invitee.server == rooms.serverName {
            _ = try await rooms.append(
                NewEvent(type: "m.room.member", stateKey: invitee.description, sender: sender, content: content), to: room)
            return
        }
        let (event, state) = try await rooms.invitation(of: invitee, by: sender, to: room, content: content)
        do {
            let description = state.keys.sorted().compactMap { key in
                state[key].flatMap { key == .create ? $0.json.value : StrippedState.strip($0.json) }
            }
            let countersigned = try await membership.invite(event, roomState: description)
            _ = try await rooms.acceptMembership(.trusted(countersigned), from: rooms.serverName)
        } catch let error as FederationError {
            throw error.matrixError
        }
    }

    /// Whether one of the invite's keys signed, and is still valid as the identity server says: "by checking key_validity_url".
    private func isSigned(_ signed: JSON, as content: JSON) async throws -> Bool {
        var keys: [(key: String, validity: String?)] = []
        if let key = content["public_key"]?.string { keys.append((key, content["key_validity_url"]?.string)) }
        for entry in content["public_keys"]?.elements.map({ $0 }) ?? [] {
            if let key = entry["public_key"]?.string { keys.append((key, entry["key_validity_url"]?.string)) }
        }
        for (text, validity) in keys.prefix(ThirdPartyInvites.largestKeys) {
            guard let key = VerifyKey(base64: text) else { continue }
            var isVerified = false
            for (signer, signatures) in signed["signatures"]?.members.map({ $0 }) ?? [] {
                for (keyID, _) in signatures.members where keyID.hasPrefix("ed25519:") {
                    if JSONSigning.verify(signed, signer: signer, keyID: keyID, key: key) { isVerified = true }
                }
            }
            guard isVerified else { continue }
            guard let validity else { return true }
            if await identity.isValid(text, at: validity) { return true }
        }
        return false
    }
}

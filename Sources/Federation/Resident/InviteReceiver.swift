import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage

/// Takes invites for users of this server (server-server API, "Inviting to a room").
struct InviteReceiver: Sendable {
    let rooms: RoomServer
    let verifier: EventVerifier
    let own: OwnKeys
    let ports: FederationPorts

    /// Checks an invite, keeps it for the user, and gives it back counter-signed.
    func receive(
        _ json: JSON, id: EventID, room: RoomID, version: String, roomState: JSON?, from origin: ServerName
    ) async throws -> [UInt8] {
        guard let rules = RoomVersion(version)?.rules else {
            throw MatrixError(
                400, .incompatibleRoomVersion, "This server does not know the room version.", extra: ["room_version": .string(version)])
        }
        let (event, invited) = try await checked(json, id: id, room: room, rules: rules, from: origin)
        try await rooms.checkAccess(of: origin, to: room)
        try await checkAccount(invited)
        try await ports.admitsInvite(invited, event.sender)
        try await check(roomState, of: room, rules)
        let signed = EventSignatures.add(to: event, by: own.serverName, with: own.signingKey)
        // Where this server is in the room, the event comes through a transaction as any other.
        if try await rooms.snapshot(of: room)?.isParticipating != true {
            try await rooms.recordOutOfBand(.trusted(signed), strippedState: StrippedState.read(roomState), rules: rules)
        }
        return Array(signed.json.rawBytes)
    }

    /// "Servers MUST apply certain validation to ensure they don't accidentally sign non-invite events from a malicious server."
    private func checked(
        _ json: JSON, id: EventID, room: RoomID, rules: RoomVersionRules, from origin: ServerName
    ) async throws -> (event: Event, invited: UserID) {
        let verified: VerifiedEvent
        do {
            verified = try await verifier.verified(InviteReceiver.withoutRoomState(json), room: room, rules: rules)
        } catch {
            throw MatrixError.invalidParam(error.description)
        }
        let event = verified.event
        guard !verified.isCutDown else { throw MatrixError.invalidParam("The event's content hash is wrong.") }
        guard event.id == id else { throw MatrixError.invalidParam("The event's identifier is \(event.id).") }
        guard event.type == "m.room.member", event.membership == .invite else { throw MatrixError.invalidParam("The event is no invite.") }
        guard event.sender.server == origin else { throw MatrixError.invalidParam("The sender is not of your server.") }
        guard let invited = event.stateKey.flatMap({ UserID($0) }), invited.server == own.serverName else {
            throw MatrixError.invalidParam("The invited user is not of this server.")
        }
        return (event, invited)
    }

    /// The older API carries the room's state inside the event, where it could make it too large.
    private static func withoutRoomState(_ json: JSON) -> JSON {
        guard json["unsigned"]?["invite_room_state"] != nil else { return json }
        var value = json.value
        value["unsigned"]?["invite_room_state"] = nil
        return JSON(value)
    }

    private func checkAccount(_ user: UserID) async throws {
        let account = try await rooms.database.read { try AccountStore($0).account(user) }
        guard let account, !account.standing.isDeactivated else { throw MatrixError.notFound("There is no such user.") }
    }

    /// The state that describes the room, for versions in which it must prove the room's identity.
    private func check(_ roomState: JSON?, of room: RoomID, _ rules: RoomVersionRules) async throws {
        guard rules.roomIDIsCreateHash else { return }
        guard let create = roomState?.elements.first(where: { $0["type"]?.string == "m.room.create" && $0["state_key"]?.string == "" }) else {
            throw MatrixError(400, .missingParam, "'invite_room_state' lacks the create event.")
        }
        do {
            _ = try await verifier.verified(create, room: room, rules: rules)
        } catch {
            throw MatrixError.invalidParam("The create event of 'invite_room_state' is not the room's: \(error)")
        }
    }
}

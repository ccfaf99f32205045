import MatrixAPI
import MatrixModel
import RoomGraph
import RoomServer

/// Helps users of other servers into and out of rooms that this server is in ("Joining Rooms", "Knocking upon a room", "Leaving Rooms").
struct ResidentServer: Sendable {
    let rooms: RoomServer
    let verifier: EventVerifier
    let own: OwnKeys

    /// The event that the other server is to complete and sign.
    func template(
        _ request: MembershipTemplateRequest, _ membership: Membership, for origin: ServerName
    ) async throws -> MembershipTemplateResponse {
        guard request.userID.server == origin else { throw MatrixError.forbidden("The user is not of your server.") }
        let room = try await room(request.roomID, for: origin)
        let version = room.rules.version.rawValue
        // Leaving asks for no versions: the answer names the room's.
        guard membership == .leave || request.versions.contains(version) else {
            throw MatrixError(
                400, .incompatibleRoomVersion, "Your server does not support the features required for this room.",
                extra: ["room_version": .string(version)])
        }
        if membership == .knock, !room.rules.allowsKnocking { throw MatrixError.forbidden("The room's version has no knocking.") }
        var authoriser: UserID?
        if membership == .join, case .authorised(let user) = try await RestrictedJoins(rooms: rooms).verdict(on: request.userID, joining: room) {
            authoriser = user
        }
        let template = try await rooms.membershipTemplate(
            room: request.roomID, user: request.userID, membership: membership, authorisedVia: authoriser)
        return MembershipTemplateResponse(roomVersion: version, event: template.event)
    }

    /// Takes a join and answers with the state before it and the auth chain.
    func join(_ request: MembershipEventRequest, from origin: ServerName) async throws -> FragmentResponse {
        let room = try await room(request.roomID, for: origin)
        var event = try event(request, .join, room.rules, from: origin)
        if let via = event.content["join_authorised_via_users_server"]?.string.flatMap({ UserID($0) }), via.server == own.serverName {
            // The rules see to the authoriser's power, but not to the condition: that is this server's word.
            _ = try await RestrictedJoins(rooms: rooms).verdict(on: event.sender, joining: room)
            event = EventSignatures.add(to: event, by: own.serverName, with: own.signingKey)
        }
        let accepted = try await accept(event, from: origin)
        return FragmentResponse(
            .object([
                ("auth_chain", .array(accepted.authChain.map { .encoded(Array($0.json.rawBytes)) })),
                ("event", .encoded(Array(accepted.event.json.rawBytes))),
                // All members are in `state`, whatever `omit_members` says: "members_omitted" is for servers that leave some out.
                ("members_omitted", .bool(false)),
                ("origin", .string(own.serverName.description)),
                ("servers_in_room", .value(.array(accepted.servers.map { .string($0.description) }))),
                ("state", .array(accepted.state.map { .encoded(Array($0.json.rawBytes)) })),
            ]))
    }

    func leave(_ request: MembershipEventRequest, from origin: ServerName) async throws -> EmptyResponse {
        let room = try await room(request.roomID, for: origin)
        _ = try await accept(try event(request, .leave, room.rules, from: origin), from: origin)
        return EmptyResponse()
    }

    func knock(_ request: MembershipEventRequest, from origin: ServerName) async throws -> SendKnock.Response {
        let room = try await room(request.roomID, for: origin)
        guard room.rules.allowsKnocking else { throw MatrixError.forbidden("The room's version has no knocking.") }
        _ = try await accept(try event(request, .knock, room.rules, from: origin), from: origin)
        return SendKnock.Response(knockRoomState: try await RoomDescription(rooms: rooms).events(of: request.roomID))
    }

    private func room(_ id: RoomID, for origin: ServerName) async throws -> RoomSnapshot {
        guard let room = try await rooms.snapshot(of: id), room.isParticipating else { throw MatrixError.notFound("The room is not known here.") }
        try await rooms.checkAccess(of: origin, to: id)
        return room
    }

    /// The event of a request, of the form that it must have: "servers SHOULD return M_INVALID_PARAM if" it has not.
    private func event(
        _ request: MembershipEventRequest, _ membership: Membership, _ rules: RoomVersionRules, from origin: ServerName
    ) throws(MatrixError) -> Event {
        let event: Event
        do { event = try PDU.parse(request.event, rules: rules) } catch { throw .invalidParam(error.description) }
        guard event.roomID == request.roomID else { throw .invalidParam("The event is of another room.") }
        guard event.id == request.eventID else { throw .invalidParam("The event's identifier is \(event.id).") }
        guard event.type == "m.room.member", event.membership == membership else { throw .invalidParam("The event is no \(membership.rawValue).") }
        guard event.stateKey == event.sender.description else { throw .invalidParam("The event is about another user than its sender.") }
        guard event.sender.server == origin else { throw .invalidParam("The sender is not of your server.") }
        return event
    }

    private func accept(_ event: Event, from origin: ServerName) async throws -> AcceptedMembership {
        guard let result = await verifier.verify([event], pending: rooms.serverName).first else { throw MatrixError.internalError() }
        let verified: VerifiedEvent
        do { verified = try result.get() } catch { throw MatrixError.invalidParam(error.description) }
        guard !verified.isCutDown else { throw MatrixError.invalidParam("The event's content hash is wrong.") }
        do {
            return try await rooms.acceptMembership(verified, from: origin)
        } catch let error as ReceiveError {
            throw MatrixError.forbidden("The event cannot be placed: \(error).")
        }
    }
}

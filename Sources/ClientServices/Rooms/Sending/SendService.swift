import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Sends events into rooms (client-server API, "Sending events to a room", "Redactions").
struct SendService: Sendable {
    let context: RoomServiceContext
    let membership: MembershipService

    func bind(to table: inout RouteTable) {
        table.on(SendMessageEvent.self) { caller, request in EventIDResponse(eventID: try await send(caller, request)) }
        table.on(RedactEvent.self) { caller, request in EventIDResponse(eventID: try await redact(caller, request)) }
        table.on(PutStateEvent.self) { caller, request in EventIDResponse(eventID: try await setState(caller, request)) }
    }

    private func send(_ caller: UserCaller, _ request: SendMessageEvent.Request) async throws -> EventID {
        var event = NewEvent(type: request.eventType, sender: caller.user, content: request.content)
        // "clients MAY use the PUT /rooms/{roomId}/send/{eventType}/{txnId} endpoint to send m.room.redaction events in all room versions."
        if request.eventType == "m.room.redaction" {
            guard let target = request.content["redacts"]?.string.flatMap({ EventID($0) }) else { throw MatrixError.missingParam("redacts") }
            event.redacts = target
        }
        event.transaction = ClientTransactionKey(
            user: caller.user, device: RoomServiceContext.device(of: caller), scope: "send \(request.roomID) \(request.eventType)",
            id: request.transactionID)
        event.originServerTS = timestamp(request.timestamp, caller)
        return try await append(event, to: request.roomID)
    }

    private func redact(_ caller: UserCaller, _ request: RedactEvent.Request) async throws -> EventID {
        // Rooms from version 11 on have it in the content; older ones may have it there as well.
        var content: JSONValue = ["redacts": .string(request.eventID.description)]
        if let reason = request.reason { content["reason"] = .string(reason) }
        let transaction = ClientTransactionKey(
            user: caller.user, device: RoomServiceContext.device(of: caller), scope: "redact \(request.roomID) \(request.eventID)",
            id: request.transactionID)
        return try await append(
            NewEvent(type: "m.room.redaction", sender: caller.user, content: content, redacts: request.eventID, transaction: transaction),
            to: request.roomID)
    }

    private func setState(_ caller: UserCaller, _ request: PutStateEvent.Request) async throws -> EventID {
        switch request.slot.type {
        case "m.room.canonical_alias": try await checkAliases(request.content, room: request.roomID, by: caller.user)
        case "m.room.member":
            if let event = try await changeMembership(caller, request) { return event }
        default: break
        }
        var event = NewEvent(type: request.slot.type, stateKey: request.slot.key, sender: caller.user, content: request.content)
        event.originServerTS = timestamp(request.timestamp, caller)
        return try await append(event, to: request.roomID)
    }

    /// Member events that take more than appending: an invitation of another server's user, which that server signs.
    private func changeMembership(_ caller: UserCaller, _ request: PutStateEvent.Request) async throws -> EventID? {
        guard let invitee = UserID(request.slot.key), invitee.server != context.serverName,
            request.content["membership"]?.string == "invite"
        else { return nil }
        try await membership.invite(invitee, to: request.roomID, by: caller.user, reason: request.content["reason"]?.string)
        let event = try await context.read(caller.user) { reader in
            try reader.currentEvent(.member(invitee), room: reader.joined(request.roomID).room.number)?.event.id
        }
        guard let event else { throw MatrixError.forbidden("The invitation did not take effect.") }
        return event
    }

    private func append(_ event: NewEvent, to room: RoomID) async throws -> EventID {
        do {
            return try await context.rooms.append(event, to: room).id
        } catch let error as MatrixError where error.status == 404 && event.redacts == nil {
            // Whether a room exists is nothing that its non-members may learn.
            throw RoomReader.notMember
        }
    }

    /// Application services may say when an event happened (application service API, "Timestamp massaging").
    private func timestamp(_ asked: Int?, _ caller: UserCaller) -> Int? {
        caller.applicationService == nil ? nil : asked
    }

    // MARK: Canonical alias

    /// Refuses aliases that do not point to the room: 400 `M_BAD_ALIAS`; or are none: 400 `M_INVALID_PARAM`.
    private func checkAliases(_ content: JSON, room: RoomID, by user: UserID) async throws {
        let current = try await context.read(user) { reader in
            try reader.currentEvent(.canonicalAlias, room: reader.joined(room).room.number)?.event.content
        }
        let known = Set(try SendService.aliases(in: current ?? JSON(.object([:])), strict: false))
        for alias in try SendService.aliases(in: content, strict: true) where !known.contains(alias) {
            let target: RoomID?
            do { target = try await context.resolve(alias).room } catch let error as MatrixError where error.status == 404 { target = nil }
            guard target == room else { throw MatrixError(400, .badAlias, "The alias \(alias) does not point to this room.") }
        }
    }

    private static func aliases(in content: JSON, strict: Bool) throws -> [RoomAlias] {
        var texts: [JSON] = []
        if let alias = content["alias"], !alias.isNull, alias.string != "" { texts.append(alias) }
        if let list = content["alt_aliases"], !list.isNull {
            guard list.isArray || !strict else { throw MatrixError.invalidParam("'alt_aliases' must be a list.") }
            texts += list.elements
        }
        return try texts.compactMap { text in
            if let alias = text.string.flatMap({ RoomAlias($0) }) { return alias }
            if strict { throw MatrixError.invalidParam("'\(text.string ?? "?")' is no room alias.") }
            return nil
        }
    }
}

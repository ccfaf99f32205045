import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Sends events into rooms (client-server API, "Sending events to a room", "Redactions").
struct SendService: Sendable {
    let context: RoomServiceContext
    let membership: MembershipService

    /// `delayed` keeps what is to be sent later.
    func bind(to table: inout RouteTable, delayed: DelayedEventService) {
        table.on(SendMessageEvent.self) { caller, request in
            guard let delay = request.delayMilliseconds else { return .sent(try await send(caller, request)) }
            var event = delayed.draft(caller, request.eventType, stateKey: nil, request.content, transaction: request.transactionID)
            event.stickyMilliseconds = request.stickyMilliseconds
            event.originServerTS = timestamp(request.timestamp, caller)
            return .delayed(try await delayed.scheduleByQuery(event, in: request.roomID, after: delay))
        }
        table.on(RedactEvent.self) { caller, request in EventIDResponse(eventID: try await redact(caller, request)) }
        table.on(PutStateEvent.self) { caller, request in
            guard let delay = request.delayMilliseconds else { return .sent(try await setState(caller, request)) }
            var event = delayed.draft(caller, request.slot.type, stateKey: request.slot.key, request.content, transaction: nil)
            event.stickyMilliseconds = request.stickyMilliseconds
            event.originServerTS = timestamp(request.timestamp, caller)
            return .delayed(try await delayed.scheduleByQuery(event, in: request.roomID, after: delay))
        }
    }

    private func send(_ caller: UserCaller, _ request: SendMessageEvent.Request) async throws -> EventID {
        context.noteActivity(of: caller)
        var event = try message(request.eventType, by: caller.user, request.content)
        event.stickyMilliseconds = request.stickyMilliseconds
        event.transaction = ClientTransactionKey(
            user: caller.user, device: RoomServiceContext.device(of: caller), scope: "send \(request.roomID) \(request.eventType)",
            id: request.transactionID)
        event.originServerTS = timestamp(request.timestamp, caller)
        try await RelationCheck.admit(event, to: request.roomID, context)
        return try await append(event, to: request.roomID)
    }

    private func message(_ type: String, by sender: UserID, _ content: JSON) throws(MatrixError) -> NewEvent {
        var event = NewEvent(type: type, sender: sender, content: content)
        // "clients MAY use the PUT /rooms/{roomId}/send/{eventType}/{txnId} endpoint to send m.room.redaction events in all room versions."
        if type == "m.room.redaction" {
            guard let target = content["redacts"]?.string.flatMap({ EventID($0) }) else { throw .missingParam("redacts") }
            event.redacts = target
        }
        return event
    }

    /// Sends an event whose delay is over, under the transaction by which it was asked for.
    func send(_ delayed: DelayedEvent) async throws -> EventID {
        let content = try JSON.parse(delayed.content)
        var event: NewEvent
        if let stateKey = delayed.stateKey {
            event = NewEvent(type: delayed.type, stateKey: stateKey, sender: delayed.user, content: content)
        } else {
            event = try message(delayed.type, by: delayed.user, content)
        }
        if let id = delayed.transactionID {
            event.transaction = ClientTransactionKey(
                user: delayed.user, device: delayed.device, scope: "send \(delayed.room) \(delayed.type)", id: id)
        }
        event.originServerTS = delayed.originServerTS
        event.stickyMilliseconds = delayed.stickyMilliseconds
        event.delayedEvent = delayed.number
        if delayed.stateKey != nil { return try await setState(event, in: delayed.room) }
        try await RelationCheck.admit(event, to: delayed.room, context)
        return try await append(event, to: delayed.room)
    }

    private func redact(_ caller: UserCaller, _ request: RedactEvent.Request) async throws -> EventID {
        context.noteActivity(of: caller)
        if caller.isSuspended {
            let target = try await context.database.read { try EventStore($0).event(request.eventID)?.event.sender }
            guard target == caller.user else { throw MatrixError.userSuspended }
        }
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
        context.noteActivity(of: caller)
        var event = NewEvent(type: request.slot.type, stateKey: request.slot.key, sender: caller.user, content: request.content)
        event.originServerTS = timestamp(request.timestamp, caller)
        event.stickyMilliseconds = request.stickyMilliseconds
        return try await setState(event, in: request.roomID)
    }

    private func setState(_ event: NewEvent, in room: RoomID) async throws -> EventID {
        switch event.type {
        case ImagePackCheck.packType: try ImagePackCheck.admit(state: event.content)
        case "m.room.canonical_alias": try await checkAliases(event.content, room: room, by: event.sender)
        case "m.room.member":
            if let changed = try await changeMembership(event, in: room) { return changed }
            if let invitee = event.stateKey.flatMap({ UserID($0) }), event.content["membership"]?.string == "invite" {
                try await InvitePermission.check(invitee, context.database)
            }
        default: break
        }
        return try await append(event, to: room)
    }

    /// Member events that take more than appending: an invitation of another server's user, which that server signs.
    private func changeMembership(_ new: NewEvent, in room: RoomID) async throws -> EventID? {
        guard let invitee = new.stateKey.flatMap({ UserID($0) }), invitee.server != context.serverName,
            new.content["membership"]?.string == "invite"
        else { return nil }
        try await membership.invite(invitee, to: room, by: new.sender, reason: new.content["reason"]?.string)
        let event = try await context.read(new.sender) { reader in
            try reader.currentEvent(.member(invitee), room: reader.joined(room).room.number)?.event.id
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

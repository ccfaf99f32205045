import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Keeps events that are to be sent later, and lets people see, cancel, restart and send them (MSC4140).
struct DelayedEventService: Sendable {
    let context: RoomServiceContext
    let queue: DelayedEventQueue
    let sender: DelayedEventSender

    func bind(to table: inout RouteTable) {
        table.on(ScheduleDelayedEvent.self) { caller, request in
            var event = draft(caller, request.eventType, stateKey: request.stateKey, request.content, transaction: request.transactionID)
            event.stickyMilliseconds = request.stickyMilliseconds
            event.originServerTS = caller.applicationService == nil ? nil : request.timestamp
            return DelayIDResponse(delayID: try await schedule(event, in: request.roomID, after: request.delayMilliseconds))
        }
        table.on(GetCallTransports.self) { _, _ in JSONResponse(["rtc_transports": .array(context.settings.callTransports)]) }
        table.on(GetDelayedEvents.self) { caller, request in JSONResponse(try await list(caller.user, request.status)) }
        table.on(GetDelayedEvent.self) { caller, request in
            guard let event = try await find(request.delayID, of: caller.user) else { throw DelayedEventService.unknown }
            return JSONResponse(DelayedEventService.view(event))
        }
        table.on(ManageDelayedEvent.self) { caller, request in try await manage(caller, request.delayID, request.action) }
        table.on(UpdateDelayedEvent.self) { caller, request in try await manage(caller, request.delayID, request.action) }
    }

    // MARK: Scheduling

    /// What a caller asks for, without room and delay.
    func draft(
        _ caller: UserCaller, _ type: String, stateKey: String?, _ content: JSON, transaction: String?
    ) -> NewDelayedEvent {
        NewDelayedEvent(
            id: context.environment.randomToken(), user: caller.user, device: RoomServiceContext.device(of: caller), transactionID: transaction,
            room: 0, type: type, stateKey: stateKey, content: Array(content.rawBytes), originServerTS: nil, stickyMilliseconds: nil,
            delayMilliseconds: 0)
    }

    /// Keeps an event and gives its identifier; the same request again is given the same one.
    ///
    /// Throws 400 `M_DELAY_TOO_LARGE`, 403 for non-members and where delayed events are off, 429 where the person has too many.
    func schedule(_ draft: NewDelayedEvent, in room: RoomID, after delay: Int) async throws -> String {
        let settings = context.settings.delayedEvents
        guard settings.maximumPerUser > 0 else { throw MatrixError.forbidden("This server sends no delayed events.") }
        guard delay <= settings.maximumMilliseconds else { throw DelayedEventService.tooLong(settings.maximumMilliseconds, isLegacy: false) }
        var new = draft
        new.delayMilliseconds = delay
        new.room = try await context.read(new.user) { try $0.joined(room).room.number }
        let event = new
        let now = context.environment.nowMilliseconds()
        let answer = try await context.database.write { transaction -> (id: String, number: Int64?) in
            let store = DelayedEventStore(transaction)
            if let earlier = try store.repeated(event) { return (earlier, nil) }
            let waiting = try store.waiting(of: event.user)
            guard waiting.count < settings.maximumPerUser else {
                throw DelayedEventService.tooMany(retryAfter: max(1, (waiting.first ?? now) - now))
            }
            return (event.id, try store.schedule(event, at: now))
        }
        if let number = answer.number { queue.schedule(number, due: now + delay) }
        return answer.id
    }

    /// The same for the query parameter of the text's drafts, whose error for too long a delay is another.
    func scheduleByQuery(_ draft: NewDelayedEvent, in room: RoomID, after delay: Int) async throws -> String {
        let maximum = context.settings.delayedEvents.maximumMilliseconds
        guard delay <= maximum else { throw DelayedEventService.tooLong(maximum, isLegacy: true) }
        return try await schedule(draft, in: room, after: delay)
    }

    /// The error for a delay that is too long; `isLegacy` as the drafts had it that delay by a query parameter.
    static func tooLong(_ maximum: Int, isLegacy: Bool) -> MatrixError {
        MatrixError(
            400, isLegacy ? .unknown : ErrorCode(rawValue: "M_DELAY_TOO_LARGE"), "The delay is longer than this server's \(maximum) milliseconds.",
            extra: [
                "org.matrix.msc4140.errcode": "M_MAX_DELAY_EXCEEDED", "org.matrix.msc4140.max_delay": .integer(maximum),
                "max_delay_ms": .integer(maximum),
            ])
    }

    private static func tooMany(retryAfter: Int) -> MatrixError {
        MatrixError(
            429, .limitExceeded, "The maximum number of delayed events has been reached.",
            extra: ["retry_after_ms": .integer(retryAfter), "org.matrix.msc4140.errcode": "M_MAX_DELAYED_EVENTS_EXCEEDED"])
    }

    private static let unknown = MatrixError.notFound("There is no such delayed event.")

    // MARK: Looking

    private func find(_ id: String, of user: UserID?) async throws -> DelayedEvent? {
        let found = try await context.database.read { try DelayedEventStore($0).event(id) }
        guard let found, user == nil || found.user == user else { return nil }
        return found
    }

    private func list(_ user: UserID, _ status: GetDelayedEvents.Status?) async throws -> JSONValue {
        try await context.database.read { transaction in
            let store = DelayedEventStore(transaction)
            let waiting: [JSONValue] = status == .finalised ? [] : try store.waitingEvents(of: user).map(DelayedEventService.view)
            // "delayed_events" is the text's name; "scheduled" and "finalised" are those of its drafts.
            var answer: JSONValue = [:]
            if status != .finalised {
                answer["delayed_events"] = .array(waiting)
                answer["scheduled"] = .array(waiting)
            }
            if status != .scheduled {
                answer["finalised"] = .array(
                    try store.endedEvents(of: user, limit: DelayedEventLimits.listedEnded).map(DelayedEventService.endedView))
            }
            return answer
        }
    }

    /// A delayed event as its sender sees it, with the names of the text's drafts beside the newest ones.
    private static func view(_ event: DelayedEvent) -> JSONValue {
        var view: JSONValue = [
            "delay_id": .string(event.id), "room_id": .string(event.room.description), "type": .string(event.type),
            "delay_ms": .integer(event.delayMilliseconds), "delay": .integer(event.delayMilliseconds),
            "scheduled_at": .integer(event.scheduled), "delayed_since_ts": .integer(event.scheduled), "running_since": .integer(event.scheduled),
            "content": json(event.content),
        ]
        if let stateKey = event.stateKey { view["state_key"] = .string(stateKey) }
        guard let outcome = event.outcome else { return view }
        var finalised: JSONValue = ["ts": .integer(outcome.at)]
        view["finalised_ts"] = .integer(outcome.at)
        if let id = outcome.event {
            view["event_id"] = .string(id.description)
            finalised["event_id"] = .string(id.description)
        }
        if let error = outcome.error {
            view["error"] = json(error)
            finalised["error"] = json(error)
        }
        view["finalised"] = finalised
        return view
    }

    private static func endedView(_ event: DelayedEvent) -> JSONValue {
        let view = view(event)
        guard let outcome = event.outcome else { return view }
        let isOnTime = outcome.at >= event.scheduled + event.delayMilliseconds
        var members: JSONValue = [
            "delayed_event": view, "outcome": outcome.event == nil ? "cancel" : "send",
            "reason": outcome.error != nil ? "error" : isOnTime ? "delay" : "action", "origin_server_ts": .integer(outcome.at),
        ]
        if let id = outcome.event { members["event_id"] = .string(id.description) }
        if let error = outcome.error { members["error"] = json(error) }
        return members
    }

    private static func json(_ bytes: [UInt8]) -> JSONValue { (try? JSON.parse(bytes).value) ?? [:] }

    // MARK: Managing

    private func manage(_ caller: OptionalUserCaller, _ id: String, _ action: DelayedEventAction) async throws -> EmptyResponse {
        guard let event = try await find(id, of: caller.user?.user) else { throw DelayedEventService.unknown }
        if event.outcome == nil, try await apply(action, to: event) { return EmptyResponse() }
        // It has ended, maybe just now.
        guard let ended = try await find(id, of: nil)?.outcome else { throw DelayedEventService.unknown }
        switch action {
        case .send where ended.event != nil, .cancel where ended.event == nil: return EmptyResponse()
        case .send, .cancel, .restart:
            throw MatrixError(409, .unknown, ended.event == nil ? "The delayed event was cancelled." : "The delayed event was sent.")
        }
    }

    /// Does what is asked for; false where the event waits no more.
    private func apply(_ action: DelayedEventAction, to event: DelayedEvent) async throws -> Bool {
        let now = context.environment.nowMilliseconds()
        switch action {
        case .cancel:
            let isCancelled = try await context.database.write { try DelayedEventStore($0).cancel(event.number, at: now) }
            if isCancelled { queue.remove(event.number) }
            return isCancelled
        case .restart:
            guard let due = try await context.database.write({ try DelayedEventStore($0).restart(event.number, at: now) }) else { return false }
            queue.schedule(event.number, due: due)
            return true
        case .send:
            // "The homeserver SHOULD keep the delayed event scheduled" where it cannot be sent now.
            do { try await sender.deliver(event) } catch StorageError.delayedEventEnded { return false }
            queue.remove(event.number)
            return true
        }
    }
}

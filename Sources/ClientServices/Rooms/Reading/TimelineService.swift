import Database
import HashTreeCollections
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Shows the events of rooms (client-server API, "Getting events for a room").
struct TimelineService: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(GetEvent.self) { caller, request in FragmentResponse(try await event(caller, request)) }
        table.on(GetEventContext.self) { caller, request in FragmentResponse(try await surroundings(caller, request)) }
        table.on(GetMessages.self) { caller, request in FragmentResponse(try await messages(caller, request)) }
    }

    private static func notFound(_ event: EventID) -> MatrixError { .notFound("There is no event \(event) that you may see.") }

    private func event(_ caller: UserCaller, _ request: GetEvent.Request) async throws -> JSONFragment {
        let now = context.environment.nowMilliseconds()
        let device = RoomServiceContext.device(of: caller)
        return try await context.read(caller.user) { reader in
            guard let room = try RoomStore(reader.transaction).room(request.roomID),
                let found = try reader.visible(request.eventID, reader.access(to: room))
            else { throw TimelineService.notFound(request.eventID) }
            let page = TimelinePage(events: [found])
            return try page.fragments(reader, now: now, device: device)[0]
        }
    }

    // MARK: Context

    private func surroundings(_ caller: UserCaller, _ request: GetEventContext.Request) async throws -> JSONFragment {
        let now = context.environment.nowMilliseconds()
        let device = RoomServiceContext.device(of: caller)
        let limit = min(max(0, request.limit ?? RoomLimits.defaultPage), RoomLimits.largestPage)
        return try await context.read(caller.user) { reader in
            guard let room = try RoomStore(reader.transaction).room(request.roomID) else { throw TimelineService.notFound(request.eventID) }
            let access = try reader.access(to: room)
            guard let found = try reader.visible(request.eventID, access), let place = found.stored.ordering else {
                throw TimelineService.notFound(request.eventID)
            }
            let earlier = try TimelinePage.read(
                access, reader, from: TimelineToken(place: place - 1), to: nil, .backward, limit: limit / 2, filter: request.filter)
            let later = try TimelinePage.read(
                access, reader, from: TimelineToken(place: place), to: nil, .forward, limit: limit - limit / 2, filter: request.filter)
            let whole = TimelinePage(events: earlier.events + [found] + later.events)
            let last = later.events.last?.stored ?? found.stored
            let state = try TimelineService.state(at: last, whole, reader, access, request.filter)
            let start = earlier.events.last?.stored.ordering.map { $0 - 1 } ?? place - 1
            return .object([
                ("start", .string(TimelineToken(place: start).description)),
                ("end", .string(TimelineToken(place: later.events.last?.stored.ordering ?? place).description)),
                ("event", try TimelinePage(events: [found]).fragments(reader, now: now, device: device)[0]),
                ("events_before", .array(try earlier.fragments(reader, now: now, device: device))),
                ("events_after", .array(try later.fragments(reader, now: now, device: device))),
                ("state", .array(try state.map { try reader.clientEvent($0).fragment(for: .init(now: now)) })),
            ])
        }
    }

    /// "The state of the room at the last event returned", its members only as far as they are asked for.
    private static func state(
        at last: StoredEvent, _ page: TimelinePage, _ reader: RoomReader, _ access: RoomAccess, _ filter: RoomEventFilter
    ) throws -> [StoredEvent] {
        guard let after = last.after else { return [] }
        let senders = Set(page.events.map(\.stored.event.sender.description))
        return try reader.events.events(numbers: reader.state.state(at: after).values.sorted()).filter { stored in
            if filter.lazyLoadsMembers, stored.event.type == "m.room.member", !senders.contains(stored.event.stateKey ?? "") { return false }
            return filter.admits(stored.event)
        }
    }

    // MARK: Messages

    private func messages(_ caller: UserCaller, _ request: GetMessages.Request) async throws -> JSONFragment {
        let start = try request.from.map { text throws(MatrixError) in try TimelineToken.parse(text, "from") }
        let stop = try request.to.map { text throws(MatrixError) in try TimelineToken.parse(text, "to") }
        let limit = min(max(1, request.limit ?? RoomLimits.defaultPage), RoomLimits.largestPage)
        let now = context.environment.nowMilliseconds()
        let device = RoomServiceContext.device(of: caller)
        let answer: @Sendable (RoomReader) throws -> (JSONFragment, gap: Bool) = { reader in
            let access = try reader.access(to: request.roomID)
            let present = access.present == .max ? Int64.max : TimelineOrder.end(of: access.present)
            let from: TimelineToken
            switch request.direction {
            case .backward: from = TimelineToken(place: min(start?.place ?? .max, present))
            case .forward: from = start ?? TimelineToken(place: .min)
            }
            let page =
                request.filter.admits(room: request.roomID.description)
                ? try TimelinePage.read(access, reader, from: from, to: stop, request.direction, limit: limit, filter: request.filter)
                : TimelinePage()
            let gap = try access.room.isParticipating && request.direction == .backward && page.reachesGap(access, reader, from: from)
            var members: [(String, JSONFragment)] = [
                ("start", .string(try request.from ?? TimelineService.token(from, reader))),
                ("chunk", .array(try page.fragments(reader, now: now, device: device))),
            ]
            // Where more could not be had, the client may come back for it.
            let end = page.end ?? (gap && !page.events.isEmpty ? TimelineToken(place: page.lowest - 1) : nil)
            if let end { members.append(("end", .string(end.description))) }
            if request.filter.lazyLoadsMembers {
                let state = try page.senderMembers(reader, access)
                members.append(("state", .array(try state.map { try reader.clientEvent($0).fragment(for: .init(now: now)) })))
            }
            return (.object(members), gap)
        }
        let (fragment, gap) = try await context.read(caller.user, answer)
        guard gap else { return fragment }
        // Local history ends here: what other servers have is fetched, and the page read again.
        try await backfill(request.roomID, limit: limit)
        return try await context.read(caller.user, answer).0
    }

    /// Fetches history that other servers have; what cannot be had is left out.
    private func backfill(_ room: RoomID, limit: Int) async throws {
    }

    /// The token of a page that begins where the client named no place.
    private static func token(_ from: TimelineToken, _ reader: RoomReader) throws -> String {
        guard from.place == .max else { return from.description }
        return TimelineToken(SyncToken(position: try Positions.head(reader.transaction), typing: 0)).description
    }
}

extension TimelinePage {
    /// Whether history is missing among or right before the places that were looked at.
    fileprivate func reachesGap(_ access: RoomAccess, _ reader: RoomReader, from: TimelineToken) throws -> Bool {
        let gaps = try reader.events.missing(room: access.room.number)
        let reach = end == nil ? Int64.min : lowest
        return gaps.contains { $0.ordering <= from.place && $0.ordering >= reach || $0.ordering == from.place + 1 && from.place < .max }
    }
}

import Database
import HashTreeCollections
import Logging
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Shows the events of rooms (client-server API, "Getting events for a room").
struct TimelineService: Sendable {
    let context: RoomServiceContext
    let logger: Logger

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
            guard let room = try RoomStore(reader.transaction).room(request.roomID) else { throw TimelineService.notFound(request.eventID) }
            let access = try reader.access(to: room)
            guard let found = try reader.visible(request.eventID, access) else { throw TimelineService.notFound(request.eventID) }
            let page = TimelinePage(events: [found])
            return try page.fragments(reader, access, now: now, device: device)[0]
        }
    }

    // MARK: Context

    private func surroundings(_ caller: UserCaller, _ request: GetEventContext.Request) async throws -> JSONFragment {
        let now = context.environment.nowMilliseconds()
        let device = RoomServiceContext.device(of: caller)
        let limit = min(max(0, request.limit ?? request.filter.events.limit ?? RoomLimits.defaultPage), RoomLimits.largestPage)
        let fields = request.filter.eventFields.map { EventFields($0) }
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
                ("event", try TimelinePage(events: [found]).fragments(reader, access, now: now, device: device)[0]),
                ("events_before", .array(try earlier.fragments(reader, access, now: now, device: device, fields: fields))),
                ("events_after", .array(try later.fragments(reader, access, now: now, device: device, fields: fields))),
                ("state", .array(try state.map { try reader.clientEvent($0).fragment(for: .init(now: now)) })),
            ])
        }
    }

    /// "The state of the room at the last event returned", its members only as far as they are asked for.
    private static func state(
        at last: StoredEvent, _ page: TimelinePage, _ reader: RoomReader, _ access: RoomAccess, _ filter: RoomEventFilter
    ) throws -> [StoredEvent] {
        guard let after = last.after else { return [] }
        guard filter.lazyLoadsMembers else {
            return try reader.events.events(numbers: reader.state.state(at: after).values.sorted()).filter { filter.admits($0.event) }
        }
        let others = try reader.events.events(numbers: reader.state.stateWithoutMembers(at: after).values.sorted())
        return try (others + page.senderMembers(reader, access, at: after)).filter { filter.admits($0.event) }
    }

    // MARK: Messages

    private func messages(_ caller: UserCaller, _ request: GetMessages.Request) async throws -> JSONFragment {
        let start = try request.from.map { text throws(MatrixError) in try TimelineToken.parse(text, "from") }
        let stop = try request.to.map { text throws(MatrixError) in try TimelineToken.parse(text, "to") }
        let limit = min(max(1, request.limit ?? request.filter.events.limit ?? RoomLimits.defaultPage), RoomLimits.largestPage)
        let fields = request.filter.eventFields.map { EventFields($0) }
        let now = context.environment.nowMilliseconds()
        let device = RoomServiceContext.device(of: caller)
        let answer: @Sendable (RoomReader) throws -> (JSONFragment, gap: Range<Int64>?) = { reader in
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
            let isAsked = access.room.isParticipating && request.direction == .backward
            let gap = isAsked ? try page.gap(access, reader, from: from) : nil
            var members: [(String, JSONFragment)] = [
                ("start", .string(try request.from ?? TimelineService.token(from, reader))),
                ("chunk", .array(try page.fragments(reader, access, now: now, device: device, fields: fields))),
            ]
            // Where more could not be had, the client may come back for it.
            let end = page.end ?? (gap != nil && !page.events.isEmpty ? TimelineToken(place: page.lowest - 1) : nil)
            if let end { members.append(("end", .string(end.description))) }
            if request.filter.lazyLoadsMembers {
                let first = page.events.first?.stored
                let state = try page.senderMembers(
                    reader, access, at: request.direction == .backward ? first?.after : first?.before ?? first?.after)
                members.append(("state", .array(try state.map { try reader.clientEvent($0).fragment(for: .init(now: now)) })))
            }
            return (.object(members), gap)
        }
        let (fragment, gap) = try await context.read(caller.user, answer)
        // Local history ends here: what other servers have is fetched, and the page read again.
        guard let gap, try await fill(request.roomID, gap) else { return fragment }
        return try await context.read(caller.user, answer).0
    }

    /// Fetches what other servers have of a gap; false where nothing came of it.
    private func fill(_ room: RoomID, _ gap: Range<Int64>) async throws -> Bool {
        do { return try await context.rooms.fillGap(in: room, after: gap.lowerBound, before: gap.upperBound) } catch let error as CancellationError {
            throw error
        } catch {
            logger.info("history could not be had", metadata: ["room": "\(room)", "error": "\(error)"])
            return false
        }
    }

    /// The token of a page that begins where the client named no place.
    private static func token(_ from: TimelineToken, _ reader: RoomReader) throws -> String {
        guard from.place == .max else { return from.description }
        return TimelineToken(SyncToken(position: try Positions.head(reader.transaction), typing: 0)).description
    }
}

extension TimelinePage {
    /// The places that were looked at, if history is missing among them.
    fileprivate func gap(_ access: RoomAccess, _ reader: RoomReader, from: TimelineToken) throws -> Range<Int64>? {
        let low = end == nil ? Int64.min : lowest
        // An event that lacks its history stands at the upper end where a page before ended at it.
        let high = from.place >= .max - 1 ? Int64.max : from.place + 2
        let gaps = try reader.events.missing(room: access.room.number)
        return gaps.contains { $0.ordering >= low && $0.ordering < high } ? low..<high : nil
    }
}

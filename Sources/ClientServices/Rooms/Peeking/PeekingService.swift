import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Shows rooms to who is not in them, and the ways of before there was `/sync` (client-server API, "Room Previews", "Guest Access").
struct PeekingService: Sendable {
    let context: RoomServiceContext
    /// Events of one answer, and rooms looked at for it.
    private static let largestPage = 100
    private static let defaultMessages = 20

    func bind(to table: inout RouteTable) {
        table.on(ListenForEvents.self) { caller, request in FragmentResponse(try await listen(caller, request)) }
        table.on(GetEventByID.self) { caller, request in FragmentResponse(try await event(caller, request.eventID)) }
        table.on(RoomInitialSync.self) { caller, request in
            let view = view(of: caller, request.limit)
            return FragmentResponse(
                try await context.read(caller.user) { reader in try view.room(try reader.access(to: request.roomID), reader) })
        }
        table.on(InitialSync.self) { caller, request in FragmentResponse(try await everything(caller, request)) }
    }

    private func view(of caller: UserCaller, _ limit: Int?) -> RoomSnapshotView {
        RoomSnapshotView(
            now: context.environment.nowMilliseconds(), device: RoomServiceContext.device(of: caller),
            limit: min(max(0, limit ?? PeekingService.defaultMessages), RoomLimits.largestPage))
    }

    // MARK: Listening

    /// "This will block until an event is received, or until the timeout is reached."
    private func listen(_ caller: UserCaller, _ request: ListenForEvents.Request) async throws -> JSONFragment {
        let hints = context.feed.hints()
        let start: TimelineToken
        if let from = request.from {
            start = try TimelineToken.parse(from, "from")
        } else {
            let head = try await context.database.read { try Positions.head($0) }
            start = TimelineToken(place: TimelineOrder.end(of: head))
        }
        let first = try await page(caller, request.roomID, start)
        let timeout = min(request.timeoutMilliseconds, RoomLimits.longestSyncMilliseconds)
        guard first.isEmpty, timeout > 0 else { return first.fragment(from: start) }
        let environment = context.environment
        let found = await withTaskGroup(of: EventPage?.self) { group in
            group.addTask {
                for await _ in hints {
                    guard let next = try? await page(caller, request.roomID, start) else { return nil }
                    if !next.isEmpty { return next }
                }
                return nil
            }
            group.addTask {
                try? await environment.sleep(timeout)
                return nil
            }
            let found = await group.next() ?? nil
            group.cancelAll()
            return found
        }
        try Task.checkCancellation()
        return (found ?? first).fragment(from: start)
    }

    /// A stretch of events of one room or several, in the order in which they came.
    private struct EventPage {
        var events: [JSONFragment]
        var end: TimelineToken

        var isEmpty: Bool { events.isEmpty }

        func fragment(from start: TimelineToken) -> JSONFragment {
            .object([("start", .string(start.description)), ("end", .string(end.description)), ("chunk", .array(events))])
        }
    }

    /// What the person may see of what came after a place.
    private func page(_ caller: UserCaller, _ room: RoomID?, _ start: TimelineToken) async throws -> EventPage {
        let now = context.environment.nowMilliseconds()
        let device = RoomServiceContext.device(of: caller)
        return try await context.read(caller.user) { reader in
            let head = TimelineOrder.end(of: try Positions.head(reader.transaction))
            var found: [(place: Int64, event: JSONFragment)] = []
            for access in try PeekingService.accesses(reader, room) {
                let page = try TimelinePage.read(
                    access, reader, from: start, to: TimelineToken(place: head), .forward, limit: PeekingService.largestPage, filter: .everything)
                let fragments = try page.fragments(reader, access, now: now, device: device)
                for (event, fragment) in zip(page.events, fragments) { found.append((event.stored.ordering ?? 0, fragment)) }
            }
            found.sort { $0.place < $1.place }
            let shown = found.prefix(PeekingService.largestPage)
            let end = found.count > shown.count ? shown.last?.place ?? head : head
            return EventPage(events: shown.map(\.event), end: TimelineToken(place: max(end, start.place)))
        }
    }

    private static func accesses(_ reader: RoomReader, _ room: RoomID?) throws -> [RoomAccess] {
        if let room { return [try reader.access(to: room)] }
        return try reader.memberships.memberships(of: reader.user).filter { $0.membership == .join }.compactMap { row in
            try RoomStore(reader.transaction).room(number: row.room).map { try reader.access(to: $0) }
        }
    }

    // MARK: Single events and everything

    private func event(_ caller: UserCaller, _ id: EventID) async throws -> JSONFragment {
        let now = context.environment.nowMilliseconds()
        let device = RoomServiceContext.device(of: caller)
        return try await context.read(caller.user) { reader in
            let missing = MatrixError.notFound("There is no event \(id) that you may see.")
            guard let stored = try reader.events.event(id), let room = try RoomStore(reader.transaction).room(number: stored.room) else {
                throw missing
            }
            let access = try reader.access(to: room)
            guard let found = try reader.visible(id, access) else { throw missing }
            return try TimelinePage(events: [found]).fragments(reader, access, now: now, device: device)[0]
        }
    }

    private func everything(_ caller: UserCaller, _ request: InitialSync.Request) async throws -> JSONFragment {
        let view = view(of: caller, request.limit)
        return try await context.read(caller.user) { reader in
            var rooms: [JSONFragment] = []
            for row in try reader.memberships.memberships(of: reader.user) where !row.isForgotten {
                guard let room = try RoomStore(reader.transaction).room(number: row.room) else { continue }
                switch row.membership {
                case .join: rooms.append(try view.room(try reader.access(to: room), reader))
                case .invite: rooms.append(try view.invitation(room, row, reader))
                case .leave, .ban:
                    if request.includesArchived { rooms.append(try view.room(try reader.access(to: room), reader)) }
                case .knock: break
                }
            }
            let data = try AccountDataStore(reader.transaction).changes(after: 0, through: .max, user: reader.user).filter { $0.room == nil }
            return .object([
                ("end", .string(SyncToken(position: try Positions.head(reader.transaction), typing: 0).description)),
                ("rooms", .array(rooms)), ("presence", .array([])), ("account_data", .array(data.map(SyncReader.fragment))),
            ])
        }
    }
}

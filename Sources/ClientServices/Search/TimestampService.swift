import Database
import Federation
import Logging
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Finds events by the time at which they were sent (client-server API, `GET …/timestamp_to_event`).
struct TimestampService: Sendable {
    let context: RoomServiceContext
    let indexer: EventIndexer
    let logger: Logger

    func bind(to table: inout RouteTable) {
        table.on(GetEventByTimestamp.self) { caller, request in try await event(caller.user, request) }
    }

    private static func notFound(_ query: TimestampQuery) -> MatrixError {
        .notFound("There is no event \(query.direction == .forward ? "at or after" : "at or before") \(query.timestamp).")
    }

    private func event(_ user: UserID, _ request: GetEventByTimestamp.Request) async throws -> TimestampedEvent {
        let query = request.query
        let local = try await lookUp(user, request.roomID, query)
        if let gap = local.gap, try await fetch(query, in: request.roomID, gap, nearest: local.event) {
            if let event = try await lookUp(user, request.roomID, query).event { return event }
        }
        guard let event = local.event else { throw TimestampService.notFound(query) }
        return event
    }

    /// The nearest event that other servers in the room may be told; throws 403, 404.
    func event(_ query: TimestampQuery, in room: RoomID, for server: ServerName) async throws -> TimestampedEvent {
        let snapshot = try await context.rooms.snapshot(of: room, for: server)
        try await indexer.catchUp()
        let found = try await context.database.read { transaction in
            try TimestampService.first(query, room: snapshot.number, transaction) { _ in true }
        }
        guard let found else { throw TimestampService.notFound(query) }
        return TimestampedEvent(eventID: found.event.id, originServerTS: found.event.originServerTS)
    }

    // MARK: Here

    /// What this server has near a moment.
    private struct Local: Sendable {
        var event: TimestampedEvent?
        /// Places of the timeline between which a nearer event may be missing.
        var gap: Range<Int64>?
    }

    private func lookUp(_ user: UserID, _ room: RoomID, _ query: TimestampQuery) async throws -> Local {
        try await indexer.catchUp()
        return try await context.read(user) { reader in
            let access = try reader.access(to: room)
            let number = access.room.number
            var local = Local()
            let near = try TimestampService.first(query, room: number, reader.transaction) { _ in true }
            let seen = try TimestampService.first(query, room: number, reader.transaction) { try reader.visibility(of: $0, access).isVisible }
            local.event = seen.map { TimestampedEvent(eventID: $0.event.id, originServerTS: $0.event.originServerTS) }
            guard access.room.isParticipating else { return local }
            let other = try TimestampService.first(query.opposite, room: number, reader.transaction) { _ in true }
            local.gap = try TimestampService.gap(between: near?.ordering, other?.ordering, query, room: number, reader.events)
            return local
        }
    }

    /// The nearest event of the timeline that passes.
    private static func first(
        _ query: TimestampQuery, room: Int64, _ transaction: Transaction, where passes: (StoredEvent) throws -> Bool
    ) throws -> StoredEvent? {
        let limit = SearchLimits.timesTried
        let times = EventTimeStore(transaction)
        let entries =
            switch query.direction {
            case .forward: try times.entries(room: room, from: query.timestamp, limit: limit)
            case .backward: try times.entries(room: room, upTo: query.timestamp, limit: limit)
            }
        for entry in entries {
            guard let stored = try EventStore(transaction).event(number: entry.event), stored.flags.isShown, stored.ordering != nil else { continue }
            if try passes(stored) { return stored }
        }
        return nil
    }

    /// The stretch between the neighbours of a moment, where history is missing in it.
    private static func gap(
        between near: Int64?, _ other: Int64?, _ query: TimestampQuery, room: Int64, _ events: EventStore
    ) throws -> Range<Int64>? {
        let (earlier, later) = query.direction == .forward ? (other, near) : (near, other)
        // Servers' clocks differ: the neighbours in time need not be so in the timeline.
        let low = min(earlier ?? .min, later ?? .max)
        let high = max(later ?? .max, earlier ?? .min)
        let isMissing = try events.missing(room: room).contains { $0.ordering > low && $0.ordering <= high }
        return isMissing && low < high ? low + 1..<(high == .max ? .max : high + 1) : nil
    }

    // MARK: Elsewhere

    /// Servers that are asked for a nearer event.
    private static let serversAsked = 3
    private static let remoteMilliseconds = 20_000

    /// Asks other servers for an event that is nearer, and fetches it; false where nothing came of it.
    private func fetch(_ query: TimestampQuery, in room: RoomID, _ gap: Range<Int64>, nearest: TimestampedEvent?) async throws -> Bool {
        let own = context.serverName
        let servers = try await context.database.read { transaction -> [ServerName] in
            guard let row = try RoomStore(transaction).room(room) else { return [] }
            let servers = try MembershipStore(transaction).servers(room: row.number).filter { $0.server != own }
            return servers.sorted { ($1.members, $0.server) < ($0.members, $1.server) }.map(\.server)
        }
        let asked = Array(servers.prefix(TimestampService.serversAsked))
        guard !asked.isEmpty else { return false }
        return try await Deadline.run(milliseconds: TimestampService.remoteMilliseconds, context.environment) {
            for server in asked {
                if try await fetch(query, in: room, gap, nearest: nearest, from: server) { return true }
            }
            return false
        } ?? false
    }

    private func fetch(
        _ query: TimestampQuery, in room: RoomID, _ gap: Range<Int64>, nearest: TimestampedEvent?, from server: ServerName
    ) async throws -> Bool {
        do {
            guard let found = try await context.remote.eventByTimestamp(room, query, server), query.admits(found.originServerTS) else { return false }
            if let nearest, !query.isNearer(found.originServerTS, than: nearest.originServerTS) { return false }
            return try await context.rooms.fetchHistory(found.eventID, in: room, from: server, after: gap.lowerBound, before: gap.upperBound)
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.info("an event of the past could not be had", metadata: ["room": "\(room)", "server": "\(server)", "error": "\(error)"])
            return false
        }
    }
}

extension TimestampQuery {
    /// What lies on the other side of the moment.
    fileprivate var opposite: TimestampQuery {
        switch direction {
        case .forward: TimestampQuery(timestamp: timestamp - 1, direction: .backward)
        case .backward: TimestampQuery(timestamp: timestamp + 1, direction: .forward)
        }
    }
}

import Database
import Logging
public import MatrixModel
import RoomGraph
import Storage

extension RoomServer {
    /// Fetches one event of the past from a server into a gap of the room's timeline between two places (`TimelineOrder`).
    ///
    /// False where there is no such gap, or the event is none that the room can take.
    public func fetchHistory(_ id: EventID, in room: RoomID, from server: ServerName, after low: Int64, before high: Int64) async throws -> Bool {
        try await self.room(room).fetchHistory(id, from: server, after: low, before: high)
    }
}

extension Room {
    /// Fetches one event of the past: with all that lies between where that is little, else alone, in the midst of what stays missing.
    func fetchHistory(_ id: EventID, from server: ServerName, after low: Int64, before high: Int64) async throws -> Bool {
        let context = try await participating()
        if try await isPlaced(id) { return true }
        let event = try await dependencies.remote.event(id, room: self.id, rules: context.rules, from: [server]).event
        guard event.id == id, event.roomID == self.id else { return false }
        for _ in 0..<Limits.historyPages {
            guard let gap = try await gap(for: event, after: low, before: high) else { return false }
            guard gap.depth - event.depth <= Limits.backfill * Limits.historyPages,
                try await fillGap(after: gap.upper, before: gap.upper + 1)
            else { break }
            if try await isPlaced(id) { return true }
        }
        do { try await fetchAuthEvents(of: event, from: server) } catch ReceiveError.missingAuthEvents {
            dependencies.logger.info("auth events of history could not be had", metadata: ["event": "\(event.id)"])
        }
        guard let rest = try await self.gap(for: event, after: low, before: high) else { return false }
        let submission = try await deciding { room in try await room.placeHistory([event], below: rest.middle) }
        guard let submission else { return false }
        _ = try await settle(submission)
        return true
    }

    private func isPlaced(_ id: EventID) async throws -> Bool {
        try await dependencies.database.read { try EventStore($0).find(id)?.isPlaced ?? false }
    }

    /// A stretch of the timeline that lacks events.
    private struct Gap: Sendable {
        /// The place of the event at its upper end.
        let upper: Int64
        /// A free place half way through it.
        let middle: Int64
        /// The depth of the event at its upper end.
        let depth: Int
    }

    /// The oldest gap above which the event stands in the graph.
    private func gap(for event: Event, after low: Int64, before high: Int64) async throws -> Gap? {
        let room = try await participating().number
        let depth = event.depth
        return try await dependencies.database.read { transaction in
            let events = EventStore(transaction)
            let gaps = try events.missing(room: room).filter { $0.ordering >= low && $0.ordering < high }
            for gap in gaps.reversed() {
                guard let above = try events.event(number: gap.namedBy)?.event.depth, above > depth else { continue }
                let floor = try events.previousOrdering(room: room, below: gap.ordering) ?? gap.ordering - TimelineOrder.placesPerPosition
                guard gap.ordering - floor > 2 else { continue }
                return Gap(upper: gap.ordering, middle: floor + (gap.ordering - floor) / 2, depth: above)
            }
            return nil
        }
    }
}

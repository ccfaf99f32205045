import Database
import Logging
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// Keeps events outside the graph, each judged by the events that authorise it.
    func addOutliers(_ events: [Event], _ context: RoomContext) async throws {
        let ordered = EventOrder.byReferences(events.filter { $0.roomID == id }) { $0.authEvents }
        var known = try await dependencies.events.load(Array(Set(ordered.flatMap { [$0.id] + $0.authEvents })))
        try await dependencies.slots.intern(ordered.compactMap(\.slot))
        let create = try await self.events(at: [.create], in: context.current)[.create] ?? ordered.first { $0.type == "m.room.create" }
        var new: [NewStoredEvent] = []
        for event in ordered where known[event.id] == nil {
            let isRejected = !isAuthorised(event, known, create: create)
            let number = dependencies.eventNumbers.next()
            known[event.id] = EventCache.Entry(number: number, event: event, isRejected: isRejected)
            new.append(
                NewStoredEvent(
                    number: number, event: event, slot: event.slot.flatMap { dependencies.slots.known($0) },
                    flags: isRejected ? [.outlier, .rejected] : .outlier, before: nil, after: nil, place: .none, outbox: nil))
        }
        guard !new.isEmpty else { return }
        try await store(new, room: context.number)
    }

    private func store(_ outliers: [NewStoredEvent], room: Int64) async throws {
        // One that was added meanwhile, by another request, stays as it is.
        let new = outliers.filter { dependencies.events.entry($0.event.id) == nil }
        for outlier in new {
            dependencies.events.insert(outlier.event, number: outlier.number, isRejected: outlier.flags.contains(.rejected))
        }
        let slots = dependencies.slots.unsaved(among: new.compactMap(\.slot))
        do {
            try await dependencies.database.write { try Journal($0).addOutliers(new, newSlots: slots, room: room) }
            dependencies.slots.saved(slots)
        } catch {
            dependencies.events.forget(new.map(\.number))
            throw error
        }
    }

    private func isAuthorised(_ event: Event, _ known: [EventID: EventCache.Entry], create: Event?) -> Bool {
        let cited = event.authEvents.compactMap { known[$0] }
        guard cited.count == event.authEvents.count else { return false }
        do {
            try AuthRules.checkAuthEvents(
                event, authEvents: cited.map(\.event), createEvent: create, isRejected: { known[$0]?.isRejected ?? false })
            try AuthRules.authorize(event, state: StateEvents(of: cited.map(\.event)), createEvent: create)
            return true
        } catch {
            dependencies.logger.info("rejected an outlier", metadata: ["event": "\(event.id)", "rule": "\(error)"])
            return false
        }
    }
}

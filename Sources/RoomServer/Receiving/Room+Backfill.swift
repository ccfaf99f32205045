import Database
import Logging
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// Fetches history into the newest gap of the timeline between two places; false where there is none, or nobody has what is missing.
    func fillGap(after low: Int64, before high: Int64) async throws -> Bool {
        let context = try await participating()
        let room = context.number
        let gaps = try await dependencies.database.read { try EventStore($0).missing(room: room) }
        guard let newest = gaps.first(where: { $0.ordering < high && $0.ordering >= low }) else { return false }
        let missing = gaps.filter { $0.ordering == newest.ordering }.map(\.missing)
        let servers = context.serverMembers.filter { $0.key != dependencies.serverName }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        guard !servers.isEmpty else { return false }
        let fetched = try await dependencies.remote.backfill(
            room: id, rules: context.rules, from: missing, limit: Limits.backfill, servers: servers)
        let events = EventOrder.byReferences(fetched.map(\.event).filter { $0.roomID == id }) { $0.prevEvents }
        guard !events.isEmpty else { return false }
        for event in events {
            do { try await fetchAuthEvents(of: event, context.rules, from: servers[0]) } catch {
                dependencies.logger.info("auth events of history could not be had", metadata: ["event": "\(event.id)"])
            }
        }
        let pending = try await deciding { room in try await room.placeHistory(events, below: newest.ordering) }
        guard let pending else { return false }
        _ = try await settle(pending)
        return true
    }

    /// Puts events of the past, oldest first, into the places below one.
    private func placeHistory(_ events: [Event], below: Int64) async throws -> PendingWrite<CommitReceipt>? {
        let context = try await participating()
        let create = try await self.events(at: [.create], in: context.current)[.create]
        let room = context.number
        let (floor, standings) = try await dependencies.database.read { transaction in
            let store = EventStore(transaction)
            var standings: [EventID: EventStore.Standing] = [:]
            for id in Set(events.map(\.id) + events.flatMap(\.prevEvents)) { standings[id] = try store.find(id) }
            return (try store.previousOrdering(room: room, below: below) ?? .min, standings)
        }
        try await dependencies.slots.intern(events.compactMap(\.slot))
        var commit = RoomCommit(room: room, expectedRevision: context.revision, current: context.currentReference)
        var place = below
        var placed: Set<EventID> = []
        for event in events.reversed() {
            if let standing = standings[event.id], !standing.flags.contains(.outlier) { continue }
            guard place - 1 > floor else { break }
            guard try await isAllowedHistory(event, create: create) else { continue }
            place -= 1
            let known = standings[event.id]
            let number = known?.number ?? dependencies.eventNumbers.next()
            let stored = NewStoredEvent(
                number: number, event: event, slot: event.slot.flatMap { dependencies.slots.known($0) }, flags: .backfilled, before: nil, after: nil,
                place: .history(ordering: place), outbox: nil)
            if known == nil { commit.events.append(stored) } else { commit.promoted.append(.init(stored)) }
            dependencies.events.insert(event, number: number)
            placed.insert(event.id)
        }
        guard !placed.isEmpty else { return nil }
        for stored in commit.events + commit.promoted.map(\.event) {
            for previous in stored.event.prevEvents where !placed.contains(previous) {
                if let standing = standings[previous], !standing.flags.contains(.outlier) { continue }
                commit.missing.append((previous, stored.number))
            }
        }
        return submit(commit, next: context, further: [])
    }

    private func isAllowedHistory(_ event: Event, create: Event?) async throws -> Bool {
        let auth = try await dependencies.events.load(event.authEvents)
        let events = event.authEvents.compactMap { auth[$0]?.event }
        guard events.count == event.authEvents.count else { return false }
        do {
            try AuthRules.checkAuthEvents(event, authEvents: events, createEvent: create, isRejected: { auth[$0]?.isRejected ?? true })
            try AuthRules.authorize(event, state: StateEvents(of: events), createEvent: create)
            return true
        } catch {
            return false
        }
    }
}

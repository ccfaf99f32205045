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
        let open = gaps.filter { $0.ordering < high && $0.ordering >= low && !isUnavailable($0.missing) }
        guard let gap = open.first else { return false }
        let missing = gaps.filter { $0.ordering == gap.ordering }.map(\.missing)
        let servers = context.serverMembers.filter { $0.key != dependencies.serverName }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        guard !servers.isEmpty else { return false }
        let fetched = try await dependencies.remote.backfill(
            room: id, rules: context.rules, from: missing, limit: Limits.backfill, servers: servers)
        let found = Dictionary(fetched.map(\.event).filter { $0.roomID == id }.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let newest = missing.compactMap { found[$0] }
        // What others refused, they do not tell; what was before it follows all the same.
        let descended = newest.isEmpty ? Array(found.values) : EventOrder.ancestors(of: newest, among: found) { $0.prevEvents } + newest
        let events = EventOrder.byReferences(descended) { $0.prevEvents }
        for id in missing where found[id] == nil { noteUnavailable(id) }
        guard !events.isEmpty else { return false }
        for event in events {
            do { try await fetchAuthEvents(of: event, from: servers[0]) } catch {
                dependencies.logger.info("auth events of history could not be had", metadata: ["event": "\(event.id)"])
            }
        }
        let submission = try await deciding { room in try await room.placeHistory(events, below: gap.ordering) }
        guard let submission else { return false }
        _ = try await settle(submission)
        return true
    }

    /// Puts events of the past, oldest first, into the places below one.
    func placeHistory(_ events: [Event], below: Int64) async throws -> Submission? {
        let context = try await participating()
        let create = try await self.events(at: [.create], in: context.current)[.create]
        let room = context.number
        let prior = try await prior(of: events)
        var floor = try await dependencies.database.read { try EventStore($0).previousOrdering(room: room, below: below) ?? .min }
        // Events that stand alone amid missing history, by number: what comes before them goes below them.
        let lonely = Dictionary(
            try await dependencies.database.read { try EventStore($0).missing(room: room) }.map { ($0.namedBy, $0.ordering) },
            uniquingKeysWith: { first, _ in first })
        try await dependencies.slots.intern(events.compactMap(\.slot))
        var commit = RoomCommit(room: room, expectedRevision: context.revision, current: context.currentReference)
        var place = below
        var placed: [EventID: Int64] = [:]
        for event in events.reversed() {
            let known = standing(of: event.id, prior)
            if let known, known.isPlaced {
                guard let lower = lonely[known.number], lower < place else { continue }
                place = lower
                floor = try await dependencies.database.read { try EventStore($0).previousOrdering(room: room, below: lower) ?? .min }
                continue
            }
            guard place - 1 > floor else { break }
            // What the rules refuse is kept as refused, so that it is not asked for again.
            let flags: EventFlags = try await isAllowedHistory(event, create: create) ? .backfilled : [.backfilled, .rejected]
            place -= 1
            let stored = NewStoredEvent(
                number: known?.number ?? dependencies.eventNumbers.next(), event: event,
                slot: event.slot.flatMap { dependencies.slots.known($0) }, flags: flags, before: nil, after: nil,
                place: .history(ordering: place), outbox: nil)
            if known == nil { commit.events.append(stored) } else { commit.promoted.append(.init(stored)) }
            placed[event.id] = stored.number
        }
        guard !placed.isEmpty else { return nil }
        for event in events {
            guard let number = placed[event.id] else { continue }
            for previous in event.prevEvents where placed[previous] == nil && standing(of: previous, prior)?.isPlaced != true {
                commit.missing.append((previous, number))
            }
        }
        return try submit(commit, next: context, further: [])
    }

    private func isAllowedHistory(_ event: Event, create: Event?) async throws -> Bool {
        let auth = try await dependencies.events.load(event.authEvents)
        let events = event.authEvents.compactMap { auth[$0]?.event }
        guard events.count == event.authEvents.count else { return false }
        do {
            try AuthRules.checkAuthEvents(event, authEvents: events, createEvent: create, isRejected: { auth[$0]?.isRejected ?? false })
            try AuthRules.authorize(event, state: StateEvents(of: events), createEvent: create)
            return true
        } catch {
            return false
        }
    }
}

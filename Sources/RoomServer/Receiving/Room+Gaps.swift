import Database
import HashTreeCollections
import Logging
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// The event and what must be judged before it, in order, with told states where history stays missing.
    func arrivals(for event: Event, _ context: RoomContext, from server: ServerName) async throws -> [Arrival] {
        if try await missingPrevEvents(of: event, context).isEmpty { return [Arrival(event: event, toldState: nil, missing: [])] }
        let fetched = try await fetchBetween(event, context, from: server)
        var arrivals: [Arrival] = []
        var placed: Set<EventID> = []
        for candidate in fetched + [event] {
            if candidate.id != event.id, try await isPlaced(candidate.id) { continue }
            let missing = try await missingPrevEvents(of: candidate, context).filter { !placed.contains($0) }
            var told: StateMap?
            if !missing.isEmpty {
                do { told = try await fetchState(before: candidate, context, from: server) } catch {
                    // The one that was asked about must be judged; others are only steps to it.
                    guard candidate.id != event.id else { throw error }
                    continue
                }
            }
            arrivals.append(Arrival(event: candidate, toldState: told, missing: missing))
            placed.insert(candidate.id)
        }
        return arrivals
    }

    /// The prev events that have no place in the graph here.
    private func missingPrevEvents(of event: Event, _ context: RoomContext) async throws -> [EventID] {
        let unknown = event.prevEvents.filter { id in !context.extremities.contains { $0.id == id } }
        guard !unknown.isEmpty else { return [] }
        let room = context.number
        return try await dependencies.database.read { transaction in
            let store = EventStore(transaction)
            return try unknown.filter { id in
                guard let found = try store.find(id) else { return true }
                return found.flags.contains(.outlier) || !found.hasState || found.room != room
            }
        }
    }

    /// Events between the extremities and this event, each after those it names.
    private func fetchBetween(_ event: Event, _ context: RoomContext, from server: ServerName) async throws -> [Event] {
        var found: [EventID: Event] = [:]
        var latest = [event.id]
        for _ in 0..<Limits.fetchRounds {
            let events: [VerifiedEvent]
            do {
                events = try await dependencies.remote.missingEvents(
                    room: id, rules: context.rules, latest: latest, earliest: context.extremities.map(\.id), limit: Limits.missingEvents,
                    minimumDepth: 0, from: server)
            } catch {
                dependencies.logger.info("missing events could not be had", metadata: ["room": "\(id)", "server": "\(server)"])
                break
            }
            let new = events.map(\.event).filter { $0.roomID == id && found[$0.id] == nil && $0.id != event.id }
            guard !new.isEmpty else { break }
            for event in new { found[event.id] = event }
            // Go on from those whose own prev events are still missing.
            latest = []
            for candidate in new {
                let missing = try await missingPrevEvents(of: candidate, context)
                if missing.contains(where: { found[$0] == nil }) { latest.append(candidate.id) }
            }
            guard !latest.isEmpty else { break }
        }
        return EventOrder.byReferences(Array(found.values)) { $0.prevEvents }
    }

    // MARK: Told states

    /// Asks for the state before an event, and keeps its events as outliers.
    private func fetchState(before event: Event, _ context: RoomContext, from server: ServerName) async throws -> StateMap {
        let told = try await dependencies.remote.stateIDs(room: id, at: event.id, from: server)
        let known = try await dependencies.events.load(told.state + told.authChain)
        let absent = Set(told.state + told.authChain).subtracting(known.keys)
        if absent.count > Limits.authEventFetches {
            let whole = try await dependencies.remote.state(room: id, rules: context.rules, at: event.id, from: server)
            try await addOutliers((whole.state + whole.authChain).map(\.event).filter { absent.contains($0.id) }, context)
        } else if !absent.isEmpty {
            var fetched: [Event] = []
            for missing in absent.sorted() {
                fetched.append(try await dependencies.remote.event(missing, room: id, rules: context.rules, from: [server]).event)
            }
            try await addOutliers(fetched, context)
        }
        let entries = try await dependencies.events.load(told.state)
        try await dependencies.slots.intern(entries.values.compactMap(\.event.slot))
        var state = StateMap()
        for entry in entries.values where !entry.isRejected {
            if let slot = entry.event.slot.flatMap({ dependencies.slots.known($0) }) { state[slot] = entry.number }
        }
        guard let create = dependencies.slots.known(.create), state[create] != nil else {
            throw ReceiveError.missingHistory("the state told by \(server) has no create event")
        }
        return state
    }

    // MARK: Auth events

    /// Fetches the events that authorise one, and theirs, as outliers.
    func fetchAuthEvents(of event: Event, _ rules: RoomVersionRules, from server: ServerName) async throws {
        guard let context = try await loaded() else { throw ReceiveError.notInRoom }
        var fetched: [EventID: Event] = [:]
        var frontier = event.authEvents
        while !frontier.isEmpty {
            let known = try await dependencies.events.load(frontier)
            let absent = Set(frontier.filter { known[$0] == nil && fetched[$0] == nil }).sorted()
            frontier = []
            for id in absent {
                guard fetched.count < Limits.authEventFetches else { throw ReceiveError.missingAuthEvents }
                let found: Event
                do {
                    found = try await dependencies.remote.event(id, room: self.id, rules: rules, from: [server]).event
                } catch { throw ReceiveError.missingAuthEvents }
                guard found.id == id, found.roomID == self.id else { throw ReceiveError.missingAuthEvents }
                fetched[id] = found
                frontier += found.authEvents
            }
        }
        if !fetched.isEmpty { try await addOutliers(Array(fetched.values), context) }
    }

    /// Keeps events outside the graph, each judged by the events that authorise it.
    func addOutliers(_ events: [Event], _ context: RoomContext) async throws {
        let ordered = EventOrder.byReferences(events) { $0.authEvents }
        let room = context.number
        try await dependencies.slots.intern(ordered.compactMap(\.slot))
        var create = try await self.events(at: [.create], in: context.current)[.create] ?? ordered.first { $0.type == "m.room.create" }
        var new: [NewStoredEvent] = []
        for event in ordered {
            let known = try await dependencies.events.load([event.id])
            guard known[event.id] == nil else { continue }
            if event.type == "m.room.create" { create = create ?? event }
            let auth = try await dependencies.events.load(event.authEvents)
            let isRejected = !isAuthorised(event, auth, create: create)
            let number = dependencies.eventNumbers.next()
            dependencies.events.insert(event, number: number, isRejected: isRejected)
            new.append(
                NewStoredEvent(
                    number: number, event: event, slot: event.slot.flatMap { dependencies.slots.known($0) },
                    flags: isRejected ? [.outlier, .rejected] : .outlier, before: nil, after: nil, place: .none, outbox: nil))
        }
        guard !new.isEmpty else { return }
        let outliers = new
        try await dependencies.database.write { try Journal($0).addOutliers(outliers, room: room) }
    }

    private func isAuthorised(_ event: Event, _ auth: [EventID: EventCache.Entry], create: Event?) -> Bool {
        let events = event.authEvents.compactMap { auth[$0]?.event }
        guard events.count == event.authEvents.count else { return false }
        do {
            try AuthRules.checkAuthEvents(event, authEvents: events, createEvent: create, isRejected: { auth[$0]?.isRejected ?? true })
            try AuthRules.authorize(event, state: StateEvents(of: events), createEvent: create)
            return true
        } catch {
            dependencies.logger.info("rejected an outlier", metadata: ["event": "\(event.id)", "rule": "\(error)"])
            return false
        }
    }
}

/// Orders events so that each comes after those it refers to.
enum EventOrder {
    /// Kahn's algorithm, with depth and identifier to settle the rest; events in a cycle are left out.
    static func byReferences(_ events: [Event], _ references: (Event) -> [EventID]) -> [Event] {
        var unmet: [EventID: Int] = [:]
        var dependants: [EventID: [Event]] = [:]
        let present = Set(events.map(\.id))
        for event in events {
            let needed = Set(references(event)).intersection(present)
            unmet[event.id] = needed.count
            for id in needed { dependants[id, default: []].append(event) }
        }
        var ready = events.filter { unmet[$0.id] == 0 }
        var ordered: [Event] = []
        while !ready.isEmpty {
            ready.sort { ($0.depth, $0.id) > ($1.depth, $1.id) }
            guard let next = ready.popLast() else { break }
            ordered.append(next)
            for dependant in dependants[next.id] ?? [] {
                let left = (unmet[dependant.id] ?? 1) - 1
                unmet[dependant.id] = left
                if left == 0 { ready.append(dependant) }
            }
        }
        return ordered
    }
}

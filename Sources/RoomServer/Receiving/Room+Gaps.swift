import Database
import HashTreeCollections
import Logging
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// Events between what is here and this event, oldest first: those that it descends from, each after those it names itself.
    func fetchBetween(_ event: Event, _ context: RoomContext, from server: ServerName) async throws -> [Event] {
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
            let new = events.prefix(Limits.missingEvents).map(\.event).filter { $0.roomID == id && found[$0.id] == nil && $0.id != event.id }
            guard !new.isEmpty else { break }
            for event in new { found[event.id] = event }
            // Go on from those whose own prev events are still missing.
            let prior = try await prior(of: new)
            latest = new.filter { candidate in missingPrevEvents(of: candidate, prior, context).contains { found[$0] == nil } }.map(\.id)
            guard !latest.isEmpty else { break }
        }
        return EventOrder.ancestors(of: [event], among: found) { $0.prevEvents }
    }

    // MARK: Told states

    /// Asks for the state before an event, and keeps its events as outliers.
    func fetchState(before event: Event, _ context: RoomContext, from server: ServerName) async throws -> StateMap {
        let told = try await dependencies.remote.stateIDs(room: id, at: event.id, from: server)
        let known = try await dependencies.events.load(told.state + told.authChain)
        let absent = Set(told.state + told.authChain).subtracting(known.keys)
        if absent.count > Limits.authEventFetches {
            let whole = try await dependencies.remote.state(room: id, rules: context.rules, at: event.id, from: server)
            try await addOutliers((whole.state + whole.authChain).map(\.event).filter { absent.contains($0.id) }, context)
        } else if !absent.isEmpty {
            let needed = Set(told.state)
            var fetched: [Event] = []
            for missing in absent.sorted() {
                do {
                    fetched.append(try await fetch(missing, context.rules, from: server))
                } catch {
                    // Without a part of an auth chain what rests on it counts as refused; without a part of the state there is none.
                    guard !needed.contains(missing) else { throw error }
                }
            }
            try await addOutliers(fetched, context)
        }
        return try await stateMap(of: told.state, from: server)
    }

    /// The state that those events make.
    private func stateMap(of ids: [EventID], from server: ServerName) async throws -> StateMap {
        let entries = try await dependencies.events.load(ids)
        try await dependencies.slots.intern(entries.values.compactMap(\.event.slot))
        var state = StateMap()
        for id in ids {
            guard let entry = entries[id] else { throw ReceiveError.missingHistory("the state told by \(server) lacks \(id)") }
            guard !entry.isRejected, entry.event.roomID == self.id else { continue }
            guard let slot = entry.event.slot.flatMap({ dependencies.slots.known($0) }), state[slot] == nil else {
                throw ReceiveError.missingHistory("the state told by \(server) is none")
            }
            state[slot] = entry.number
        }
        guard let create = dependencies.slots.known(.create), state[create] != nil else {
            throw ReceiveError.missingHistory("the state told by \(server) has no create event")
        }
        return state
    }

    private func fetch(_ id: EventID, _ rules: RoomVersionRules, from server: ServerName) async throws -> Event {
        let found = try await dependencies.remote.event(id, room: self.id, rules: rules, from: [server]).event
        guard found.id == id, found.roomID == self.id else { throw ReceiveError.missingHistory("\(server) gave another event for \(id)") }
        return found
    }

    // MARK: Auth events

    /// Fetches the events that authorise one, and theirs, as outliers.
    func fetchAuthEvents(of event: Event, from server: ServerName) async throws {
        var fetched: [EventID: Event] = [:]
        var frontier = event.authEvents
        while !frontier.isEmpty {
            let known = try await dependencies.events.load(frontier)
            let absent = Set(frontier.filter { known[$0] == nil && fetched[$0] == nil }).sorted()
            frontier = []
            for id in absent {
                guard fetched.count < Limits.authEventFetches else { throw ReceiveError.missingAuthEvents }
                let found: Event
                do { found = try await fetch(id, event.rules, from: server) } catch { throw ReceiveError.missingAuthEvents }
                fetched[id] = found
                frontier += found.authEvents
            }
        }
        guard !fetched.isEmpty else { return }
        guard let context = try await loaded() else { throw ReceiveError.notInRoom }
        try await addOutliers(Array(fetched.values), context)
    }
}

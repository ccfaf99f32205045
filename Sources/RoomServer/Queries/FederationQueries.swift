import Database
import HashTreeCollections
public import MatrixModel
import RoomGraph
import Storage

/// What other servers may ask of a room; each answer holds only what the asking server may see.
extension RoomServer {
    /// Bounds of one answer.
    private enum AnswerLimits {
        /// Events of one `backfill` or `get_missing_events`.
        static let events = 100
        /// Events looked at for one answer.
        static let visited = 500
    }

    /// The room, if the server is in it and not kept out by its access control list. Throws 403, 404.
    public func snapshot(of room: RoomID, for server: ServerName) async throws -> RoomSnapshot {
        guard let snapshot = try await snapshot(of: room), snapshot.isParticipating else {
            throw MatrixError.notFound("The room is not known here.")
        }
        try await checkAccess(of: server, to: room)
        guard snapshot.serverMembers[server] != nil else { throw MatrixError.forbidden("Your server is not in the room.") }
        return snapshot
    }

    /// Throws 403 where the room's access control list keeps the server out.
    public func checkAccess(of server: ServerName, to room: RoomID) async throws {
        guard try await isAllowed(server, in: room) else { throw MatrixError.forbidden("The room's server ACL does not allow \(server).") }
    }

    /// Whether the room's access control list lets the server take part.
    public func isAllowed(_ server: ServerName, in room: RoomID) async throws -> Bool {
        guard let acl = try await stateEvent(.serverACL, in: room) else { return true }
        return ServerACL(content: acl.content).allows(server)
    }

    /// One event (`GET /event/{eventId}`); cut down where the server may not see its content.
    public func event(_ id: EventID, for server: ServerName) async throws -> Event? {
        guard let stored = try await database.read({ try EventStore($0).event(id) }) else { return nil }
        _ = try await snapshot(of: stored.event.roomID, for: server)
        return try await shown([stored], to: server).first
    }

    /// The identifiers of the state before an event and of its auth chain (`GET /state_ids`).
    public func stateIDs(at event: EventID, in room: RoomID, for server: ServerName) async throws -> (state: [EventID], authChain: [EventID]) {
        let (state, chain) = try await state(at: event, in: room, for: server)
        return (state.map(\.id), chain.map(\.id))
    }

    /// The state before an event and its auth chain (`GET /state`).
    public func state(at id: EventID, in room: RoomID, for server: ServerName) async throws -> (state: [Event], authChain: [Event]) {
        let snapshot = try await snapshot(of: room, for: server)
        guard let stored = try await database.read({ try EventStore($0).event(id) }), stored.room == snapshot.number, let before = stored.before
        else { throw MatrixError.notFound("The state at \(id) is not known here.") }
        let actor = self.room(room)
        let state = try await events(of: try await actor.state(at: before))
        return (state, try await actor.authChain(of: state))
    }

    /// The auth chain of an event (`GET /event_auth`).
    public func authChain(of id: EventID, in room: RoomID, for server: ServerName) async throws -> [Event] {
        let snapshot = try await snapshot(of: room, for: server)
        guard let stored = try await database.read({ try EventStore($0).event(id) }), stored.room == snapshot.number else {
            throw MatrixError.notFound("The event is not known here.")
        }
        return try await self.room(room).authChain(of: [stored.event])
    }

    /// Events before the given ones, these among them (`GET /backfill`), newest first.
    public func backfill(room: RoomID, from start: [EventID], limit: Int, for server: ServerName) async throws -> [Event] {
        let snapshot = try await snapshot(of: room, for: server)
        let found = try await walk(from: start, in: snapshot.number, limit: min(limit, AnswerLimits.events)) { _ in false }
        return try await shown(found, to: server)
    }

    /// Events between `earliest` and `latest`, neither among them (`POST /get_missing_events`), oldest first.
    public func missingEvents(
        room: RoomID, latest: [EventID], earliest: [EventID], limit: Int, minimumDepth: Int, for server: ServerName
    ) async throws -> [Event] {
        let snapshot = try await snapshot(of: room, for: server)
        let number = snapshot.number
        let start = try await database.read { transaction in
            let store = EventStore(transaction)
            return try latest.compactMap { try store.event($0) }.filter { $0.room == number }.flatMap(\.event.prevEvents)
        }
        let stop = Set(earliest)
        let found = try await walk(from: start, in: number, limit: min(limit, AnswerLimits.events)) { stored in
            stop.contains(stored.event.id) || stored.event.depth < minimumDepth
        }
        return try await shown(found.reversed(), to: server)
    }

    /// Walks back from events by their prev events, breadth first and deepest first.
    private func walk(
        from start: [EventID], in room: Int64, limit: Int, stop: @escaping @Sendable (StoredEvent) -> Bool
    ) async throws -> [StoredEvent] {
        try await database.read { transaction in
            let store = EventStore(transaction)
            var seen: Set<EventID> = []
            var found: [StoredEvent] = []
            var queue: [StoredEvent] = []
            var visited = 0
            func add(_ ids: [EventID]) throws {
                for id in ids where seen.insert(id).inserted {
                    visited += 1
                    guard visited <= AnswerLimits.visited else { return }
                    guard let stored = try store.event(id), stored.room == room, !stored.flags.contains(.outlier), !stop(stored) else { continue }
                    queue.append(stored)
                }
            }
            try add(start)
            while found.count < limit, !queue.isEmpty {
                queue.sort { ($0.event.depth, $0.event.id) < ($1.event.depth, $1.event.id) }
                guard let next = queue.popLast() else { break }
                if !next.flags.contains(.rejected) { found.append(next) }
                try add(next.event.prevEvents)
            }
            return found
        }
    }

    /// The events as the server may see them: those it may not see are redacted ("Backfilling and retrieving missing events").
    private func shown(_ events: [StoredEvent], to server: ServerName) async throws -> [Event] {
        try await withoutErased(try await visible(events, to: server), to: server)
    }

    /// Cuts down what was sent by users who asked to be forgotten before the server came into the room.
    private func withoutErased(_ events: [Event], to server: ServerName) async throws -> [Event] {
        guard !erasures.isEmpty else { return events }
        var shown: [Event] = []
        for event in events {
            guard let position = erasures.position(of: event.sender), event.stateKey == nil else {
                shown.append(event)
                continue
            }
            let wasThere = try await database.read { transaction in
                guard let room = try RoomStore(transaction).room(event.roomID) else { return false }
                return try ErasureStore(transaction).wasJoined(server, room: room.number, through: position)
            }
            shown.append(wasThere ? event : Redaction.redact(event))
        }
        return shown
    }

    private func visible(_ events: [StoredEvent], to server: ServerName) async throws -> [Event] {
        guard let room = events.first?.event.roomID, let snapshot = try await snapshot(of: room) else { return [] }
        let number = snapshot.number
        let slot = try await slotNumber(.historyVisibility)
        let history = try await database.read { transaction in
            try slot.map { try StateStore(transaction).history(room: number, slot: $0) } ?? []
        }
        let values = try await self.events(numbers: history.compactMap(\.event))
        if history.allSatisfy({ HistoryVisibility(of: $0.event.flatMap { values[$0] }).isOpenToServers }) { return events.map(\.event) }
        var shown: [Event] = []
        for stored in events {
            guard let before = stored.before else {
                shown.append(stored.event)
                continue
            }
            let state = try await self.room(room).state(at: before)
            let visibility = HistoryVisibility(of: slot.flatMap { state[$0] }.flatMap { values[$0] })
            if visibility.isOpenToServers {
                shown.append(stored.event)
                continue
            }
            let members = try await self.events(of: state).filter {
                $0.type == "m.room.member" && $0.stateKey.flatMap { UserID($0) }?.server == server
            }
            let isVisible = visibility.isVisible(toServerWith: members.compactMap(\.membership))
            shown.append(isVisible || stored.event.stateKey != nil ? stored.event : Redaction.redact(stored.event))
        }
        return shown
    }
}

extension HistoryVisibility {
    /// Whether every server that ever was in the room may see.
    fileprivate var isOpenToServers: Bool { self == .worldReadable || self == .shared }
}

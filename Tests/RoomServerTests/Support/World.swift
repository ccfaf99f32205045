import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Synchronization
import Testing

/// Several servers with a network between them that can be cut.
final class World: Sendable {
    private struct State {
        var servers: [ServerName: TestServer] = [:]
        var isCut = false
        /// How far each server's outbox was delivered to each other one.
        var delivered: [String: Position] = [:]
        /// What was asked of each server.
        var requests: [String: Int] = [:]
    }

    private let state = Mutex(State())
    let clock = ManualClock()

    /// Servers of those names.
    static func make(_ names: String..., seed: UInt64 = 1) async throws -> World {
        let world = World()
        for (index, name) in names.enumerated() {
            let server = try await TestServer(
                name, seed: seed &+ UInt64(index), clock: world.clock, remote: Network(world: world, own: try #require(ServerName(name))))
            world.state.withLock { $0.servers[server.name] = server }
        }
        return world
    }

    subscript(name: String) -> TestServer {
        guard let server = ServerName(name).flatMap({ server($0) }) else { preconditionFailure("no server \(name)") }
        return server
    }

    func server(_ name: ServerName) -> TestServer? { state.withLock { $0.servers[name] } }

    var servers: [TestServer] { state.withLock { $0.servers.keys.sorted().compactMap { [servers = $0.servers] in servers[$0] } } }

    /// Cuts all servers from each other, or joins them again.
    func cut(_ isCut: Bool) { state.withLock { $0.isCut = isCut } }

    var isCut: Bool { state.withLock { $0.isCut } }

    /// The server, if it can be reached; counts the request.
    func reach(_ name: ServerName, for purpose: String) throws -> TestServer {
        try state.withLock { state in
            state.requests[purpose, default: 0] += 1
            guard !state.isCut, let server = state.servers[name] else { throw Unreachable() }
            return server
        }
    }

    func requests(_ purpose: String) -> Int { state.withLock { $0.requests[purpose] ?? 0 } }

    /// The public key of a server.
    func key(_ server: ServerName, _ keyID: String) -> VerifyKey? {
        guard let key = self.server(server)?.key, key.keyID == keyID else { return nil }
        return VerifyKey(publicKey: key.publicKey)
    }

    /// An event as it comes over the wire: its bytes parsed and checked.
    func received(_ event: Event) throws -> VerifiedEvent {
        let parsed = try PDU.parse(try JSON.parse(Array(event.json.rawBytes)), rules: event.rules)
        return try VerifiedEvent.verify(parsed) { key($0, $1) }
    }

    /// Sends what each outbox holds for the others until nothing is left; `except` names servers to which nothing comes through.
    func deliver(except lost: Set<String> = []) async throws {
        var isQuiet = false
        while !isQuiet {
            isQuiet = true
            for sender in servers {
                for target in servers where target.name != sender.name && !lost.contains(target.name.description) {
                    if try await deliver(from: sender, to: target) { isQuiet = false }
                }
            }
        }
    }

    /// Throws away what one server's outbox holds for another.
    func lose(from sender: String, to target: String) async throws {
        let head = try await self[sender].database.read { try OutboxStore($0).head() }
        state.withLock { $0.delivered["\(sender)>\(target)"] = head }
    }

    private func deliver(from sender: TestServer, to target: TestServer) async throws -> Bool {
        let link = "\(sender.name)>\(target.name)"
        let after = state.withLock { $0.delivered[link] ?? 0 }
        let events = try await sender.database.read { transaction in
            try OutboxStore(transaction).entries(for: target.name, after: after, limit: 50).compactMap { entry in
                try EventStore(transaction).event(number: entry.event).map { (entry.position, $0.event) }
            }
        }
        guard let last = events.last else { return false }
        var byRoom: [(RoomID, [VerifiedEvent])] = []
        for (_, event) in events {
            let verified = try received(event)
            if let index = byRoom.firstIndex(where: { $0.0 == event.roomID }) {
                byRoom[index].1.append(verified)
            } else {
                byRoom.append((event.roomID, [verified]))
            }
        }
        for (room, batch) in byRoom { _ = await target.rooms.receive(batch, in: room, from: sender.name) }
        state.withLock { $0.delivered[link] = last.0 }
        return true
    }

    // MARK: Membership over federation

    /// Lets a user join through another server: template, signature, acceptance, import.
    @discardableResult
    func join(
        _ localpart: String, of joining: String, _ room: RoomID, via resident: String, authorisedVia: UserID? = nil
    ) async throws -> EventID {
        let joiner = self[joining]
        let accepted = try await enter(localpart, .join, of: joining, room, via: resident, authorisedVia: authorisedVia)
        let rules = accepted.event.rules
        _ = try await joiner.rooms.importJoin(
            rules: rules, join: try received(accepted.event), state: try accepted.state.map(received),
            authChain: try accepted.authChain.map(received))
        return accepted.event.id
    }

    /// A membership that a user's server makes from another's template and has accepted there.
    func enter(
        _ localpart: String, _ membership: Membership, of server: String, _ room: RoomID, via resident: String, authorisedVia: UserID? = nil
    ) async throws -> AcceptedMembership {
        let own = self[server]
        let host = self[resident]
        let user = own.user(localpart)
        let (template, rules) = try await host.rooms.membershipTemplate(
            room: room, user: user, membership: membership, authorisedVia: authorisedVia)
        var event = try Drafts.membership(template, rules: rules, seed: UInt64(clock.now)).signed(by: own.name, with: own.key, rules: rules)
        if authorisedVia?.server == host.name { event = EventSignatures.add(to: event, by: host.name, with: host.key) }
        return try await host.rooms.acceptMembership(try received(event), from: own.name)
    }

    /// Invites a user of another server, as the inviting server does it: signed by both, then taken in.
    @discardableResult
    func invite(_ target: String, of invited: String, by sender: String, of inviting: String, to room: RoomID) async throws -> Event {
        let host = self[inviting]
        let guest = self[invited]
        let (event, stripped) = try await host.rooms.invitation(
            of: guest.user(target), by: host.user(sender), to: room, content: ["membership": "invite"])
        let signed = EventSignatures.add(to: event, by: guest.name, with: guest.key)
        if try await guest.rooms.snapshot(of: room)?.isParticipating != true {
            let state = stripped.values.sorted { $0.id < $1.id }.map { $0.json.value }
            try await guest.rooms.recordOutOfBand(try received(signed), strippedState: state, rules: event.rules)
        }
        _ = try await host.rooms.acceptMembership(.trusted(signed), from: host.name)
        return signed
    }
}

/// What one server of a world asks of the others.
struct Network: RemoteEvents {
    let world: World
    let own: ServerName

    func event(_ id: EventID, room: RoomID, rules: RoomVersionRules, from servers: [ServerName]) async throws -> VerifiedEvent {
        for server in servers {
            if let event = try await world.reach(server, for: "event").rooms.event(id, for: own) { return try world.received(event) }
        }
        throw Unreachable()
    }

    func missingEvents(
        room: RoomID, rules: RoomVersionRules, latest: [EventID], earliest: [EventID], limit: Int, minimumDepth: Int, from server: ServerName
    ) async throws -> [VerifiedEvent] {
        try await world.reach(server, for: "missing").rooms.missingEvents(
            room: room, latest: latest, earliest: earliest, limit: limit, minimumDepth: minimumDepth, for: own
        ).map(world.received)
    }

    func stateIDs(room: RoomID, at event: EventID, from server: ServerName) async throws -> (state: [EventID], authChain: [EventID]) {
        try await world.reach(server, for: "stateIDs").rooms.stateIDs(at: event, in: room, for: own)
    }

    func state(
        room: RoomID, rules: RoomVersionRules, at event: EventID, from server: ServerName
    ) async throws -> (state: [VerifiedEvent], authChain: [VerifiedEvent]) {
        let (state, chain) = try await world.reach(server, for: "state").rooms.state(at: event, in: room, for: own)
        return (try state.map(world.received), try chain.map(world.received))
    }

    func backfill(
        room: RoomID, rules: RoomVersionRules, from events: [EventID], limit: Int, servers: [ServerName]
    ) async throws -> [VerifiedEvent] {
        for server in servers {
            guard let host = try? world.reach(server, for: "backfill") else { continue }
            let found = try await host.rooms.backfill(room: room, from: events, limit: limit, for: own)
            if !found.isEmpty { return try found.map(world.received) }
        }
        throw Unreachable()
    }
}

import ClientServices
import Database
import Federation
import Logging
import MatrixAPI
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Synchronization

/// A server without neighbours, in memory, whose endpoints are called as the gateway would.
final class RoomWorld: Sendable {
    static let name = serverName("here.example")
    let database: Database
    let rooms: RoomServer
    let feed: CommitFeed
    let services: RoomServices
    let clock: TestClock
    /// Requests to other servers, in order.
    let remote = RemoteLog()

    convenience init(settings: RoomSettings = RoomSettings(), seed: UInt64 = 1) async throws {
        let database = try Database.memory()
        try await Migrator(migrations: Schema.migrations).migrate(database)
        try await self.init(database: database, clock: TestClock(seed: seed), settings: settings)
    }

    /// The same server after a restart: all that was in memory is gone.
    func restarted() async throws -> RoomWorld {
        clock.advance(1_000_000)
        return try await RoomWorld(database: database, clock: clock, settings: RoomSettings())
    }

    init(database: Database, clock: TestClock, settings: RoomSettings) async throws {
        self.database = database
        self.clock = clock
        feed = CommitFeed(head: try await database.read { try Positions.head($0) })
        rooms = try await RoomServer(
            database: database, serverName: RoomWorld.name, signingKey: SigningKey(seed: [UInt8](repeating: 7, count: 32), id: "ed25519:test"),
            remote: NoRemoteEvents(), feed: feed, environment: clock.environment, logger: Logger(label: "test"))
        services = RoomServices(rooms: rooms, remote: remote.ports, settings: settings, logger: Logger(label: "test"))
    }

    static func serverName(_ text: String) -> ServerName {
        guard let name = ServerName(text) else { preconditionFailure("\(text) is no server name") }
        return name
    }

    static func user(_ localpart: String, at server: String = "here.example") -> UserID {
        guard let user = UserID("@\(localpart):\(server)") else { preconditionFailure("\(localpart) is no localpart") }
        return user
    }

    /// An account with one device.
    func person(_ localpart: String, isAdmin: Bool = false, isGuest: Bool = false) async throws -> Person {
        let user = RoomWorld.user(localpart)
        _ = try await database.write { try AccountStore($0).create(user, passwordHash: nil, at: 0) }
        return Person(
            world: self,
            caller: UserCaller(user: user, device: "DEVICE_\(localpart)", tokenID: 1, isGuest: isGuest, isAdmin: isAdmin, address: "127.0.0.1"))
    }

    func call(
        _ identity: Identity, _ method: MatrixAPI.Method, _ path: String, query: [(String, String)] = [], body: JSONValue? = nil
    ) async throws -> JSON {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        for entry in services.routes.entries where entry.route.method == method {
            for template in [entry.route.path] + entry.route.aliases {
                guard let parameters = RoomWorld.match(segments, template) else { continue }
                let input = RequestInput(
                    method: method, uri: path, pathParameters: parameters, queryItems: query.map { (name: $0.0, value: $0.1) },
                    bodyBytes: body?.bytes() ?? [], contentType: "application/json")
                // Open endpoints know nobody, as the gateway has it.
                let caller = entry.access == .open ? Identity.anonymous(PublicCaller(address: "127.0.0.1")) : identity
                return try JSON.parse(try await entry.respond(input, caller).payload.encoded().bytes)
            }
        }
        throw MatrixError.unrecognized("\(method) \(path)")
    }

    private static func match(_ segments: [String], _ template: String) -> [String: String]? {
        let parts = template.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, segment) in zip(parts, segments) {
            if part.hasPrefix("{") { parameters[String(part.dropFirst().dropLast())] = segment } else if part != segment { return nil }
        }
        return parameters
    }
}

/// A person with a client.
struct Person: Sendable {
    let world: RoomWorld
    let caller: UserCaller

    var user: UserID { caller.user }
    var name: String { user.description }

    /// Another device of the same person.
    func device(_ name: String) -> Person {
        Person(
            world: world,
            caller: UserCaller(user: user, device: name, tokenID: 2, isGuest: caller.isGuest, isAdmin: caller.isAdmin, address: caller.address))
    }

    func get(_ path: String, _ query: [(String, String)] = []) async throws -> JSON {
        try await world.call(.user(caller), .get, "/_matrix/client/v3" + path, query: query)
    }
    @discardableResult
    func put(_ path: String, _ body: JSONValue = [:]) async throws -> JSON {
        try await world.call(.user(caller), .put, "/_matrix/client/v3" + path, body: body)
    }
    @discardableResult
    func post(_ path: String, _ body: JSONValue = [:], _ query: [(String, String)] = []) async throws -> JSON {
        try await world.call(.user(caller), .post, "/_matrix/client/v3" + path, query: query, body: body)
    }
    @discardableResult
    func delete(_ path: String) async throws -> JSON {
        try await world.call(.user(caller), .delete, "/_matrix/client/v3" + path)
    }

    /// Makes a room and gives its identifier.
    func createRoom(_ body: JSONValue = [:]) async throws -> String {
        try await post("/createRoom", body)["room_id"]?.string ?? ""
    }

    func join(_ room: String) async throws { try await post("/rooms/\(room)/join") }
    func leave(_ room: String) async throws { try await post("/rooms/\(room)/leave") }
    func invite(_ other: Person, to room: String) async throws { try await post("/rooms/\(room)/invite", ["user_id": .string(other.name)]) }

    /// Sends a text message and gives the event's identifier.
    @discardableResult
    func say(_ text: String, in room: String, transaction: String? = nil) async throws -> String {
        let id = transaction ?? world.clock.environment.randomToken(bytes: 9)
        return try await put("/rooms/\(room)/send/m.room.message/\(id)", ["msgtype": "m.text", "body": .string(text)])["event_id"]?.string ?? ""
    }

    @discardableResult
    func setState(_ type: String, _ content: JSONValue, key: String = "", in room: String) async throws -> String {
        try await put("/rooms/\(room)/state/\(type)/\(key)", content)["event_id"]?.string ?? ""
    }

    func state(_ type: String, _ key: String = "", in room: String) async throws -> JSON {
        try await get("/rooms/\(room)/state/\(type)/\(key)")
    }

    func sync(since: String? = nil, _ query: [(String, String)] = []) async throws -> JSON {
        try await get("/sync", query + (since.map { [("since", $0)] } ?? []))
    }
}

/// Time that moves one millisecond a look, and chance from a seed.
final class TestClock: Sendable {
    private let state: Mutex<(now: Int, random: UInt64)>

    init(seed: UInt64) { state = Mutex((1_700_000_000_000, seed &* 2 &+ 1)) }

    func advance(_ milliseconds: Int) { state.withLock { $0.now += milliseconds } }

    func next() -> UInt64 {
        state.withLock { state in
            // SplitMix64.
            state.random &+= 0x9E37_79B9_7F4A_7C15
            var value = state.random
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private func tick() -> Int {
        state.withLock { state in
            state.now += 1
            return state.now
        }
    }

    var environment: Environment {
        Environment(
            nowMilliseconds: { self.tick() }, monotonicMilliseconds: { self.tick() },
            randomBytes: { count in (0..<count).map { _ in UInt8(truncatingIfNeeded: self.next() >> 24) } },
            sleep: { _ in try await Task.sleep(for: .seconds(3600)) })
    }
}

/// What was asked of other servers.
final class RemoteLog: Sendable {
    struct Unit: Sendable {
        let message: OutboundMessage
        let destinations: [ServerName]
    }
    private let state = Mutex((memberships: [String](), units: [Unit]()))

    var memberships: [String] { state.withLock { $0.memberships } }
    var units: [Unit] { state.withLock { $0.units } }

    /// What other servers tell of rooms, by room, and how often they were asked.
    private let hierarchies = Mutex((told: [String: JSONValue](), asked: [String]()))
    var hierarchiesAsked: [String] { hierarchies.withLock { $0.asked } }
    func tellHierarchy(of room: String, _ answer: JSONValue) { hierarchies.withLock { $0.told[room] = answer } }

    var ports: RemoteRooms {
        var ports = RemoteRooms.unreachable
        ports.changeMembership = { room, user, membership, via, _ in
            self.state.withLock {
                $0.memberships.append("\(membership.rawValue) \(user) \(room) via \(via.map(\.description).joined(separator: ","))")
            }
        }
        ports.hierarchy = { room, via, _ in
            self.hierarchies.withLock { state in
                state.asked.append("\(room) via \(via.map(\.description).joined(separator: ","))")
                return state.told[room.description].map { JSON($0) }
            }
        }
        ports.send = { message, destinations in
            self.state.withLock { $0.units.append(Unit(message: message, destinations: destinations)) }
        }
        return ports
    }
}

/// Other servers that have nothing.
struct NoRemoteEvents: RemoteEvents {
    struct Unreachable: Error {}

    func event(_ id: EventID, room: RoomID, rules: RoomVersionRules, from servers: [ServerName]) async throws -> VerifiedEvent { throw Unreachable() }
    func missingEvents(
        room: RoomID, rules: RoomVersionRules, latest: [EventID], earliest: [EventID], limit: Int, minimumDepth: Int, from server: ServerName
    ) async throws -> [VerifiedEvent] { throw Unreachable() }
    func stateIDs(room: RoomID, at event: EventID, from server: ServerName) async throws -> (state: [EventID], authChain: [EventID]) {
        throw Unreachable()
    }
    func state(
        room: RoomID, rules: RoomVersionRules, at event: EventID, from server: ServerName
    ) async throws -> (state: [VerifiedEvent], authChain: [VerifiedEvent]) { throw Unreachable() }
    func backfill(
        room: RoomID, rules: RoomVersionRules, from events: [EventID], limit: Int, servers: [ServerName]
    ) async throws -> [VerifiedEvent] { throw Unreachable() }
}

/// What a failing call answers.
func failure(_ call: () async throws -> some Any) async -> MatrixError? {
    do {
        _ = try await call()
        return nil
    } catch let error as MatrixError {
        return error
    } catch {
        return MatrixError.internalError("\(error)")
    }
}

extension RoomWorld {
    func setProfile(_ user: UserID, name: String, avatar: String) async throws {
        try await database.write { transaction in
            try ProfileStore(transaction).set("displayname", to: JSON(.string(name)), user: user)
            try ProfileStore(transaction).set("avatar_url", to: JSON(.string(avatar)), user: user)
        }
    }

    /// Sets account data, of a room or of the account, as its endpoint does.
    func setAccountData(_ type: String, _ content: JSONValue, room: String? = nil, of user: UserID) async throws {
        let feed = feed
        let roomID = room.flatMap { RoomID($0) }
        try await database.write({ transaction in
            let position = try Positions.next(transaction)
            try AccountDataStore(transaction).set(type, to: JSON(content), room: roomID, user: user, position: position)
            return position
        }) { feed.publish(Change(position: $0, kind: .user(user))) }
    }
}

extension RoomWorld {
    func deleteAlias(_ alias: String) async throws {
        try await database.write { transaction in
            if let alias = RoomAlias(alias) { _ = try AliasStore(transaction).delete(alias) }
        }
    }
}

extension RoomWorld {
    /// Takes away what was kept of unread counts, so that the next start has to count.
    func forgetCounts() async throws {
        try await database.write { transaction in try UnreadCheckpointStore(transaction).removeAll() }
    }
}

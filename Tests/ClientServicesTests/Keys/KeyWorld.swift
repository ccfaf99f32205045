import ClientServices
import Database
import Federation
import Logging
import MatrixAPI
import MatrixModel
import NIOPosix
import RoomGraph
import RoomServer
import Storage
import Synchronization

/// A server with accounts, rooms and keys, in memory, whose endpoints are called as the gateway would; other servers are played by the test.
final class KeyWorld: Sendable {
    let database: Database
    let rooms: RoomServer
    let accounts: AccountServices
    let keys: KeyServices
    let routes: RouteTable
    let clock: TestClock
    let neighbours: Neighbours

    convenience init(seed: UInt64 = 1) async throws {
        let database = try Database.memory()
        try await Migrator(migrations: Schema.migrations).migrate(database)
        try await self.init(database: database, clock: TestClock(seed: seed), neighbours: Neighbours())
    }

    /// The same server after a restart: all that was in memory is gone.
    func restarted() async throws -> KeyWorld {
        clock.advance(1_000_000)
        return try await KeyWorld(database: database, clock: clock, neighbours: neighbours)
    }

    private init(database: Database, clock: TestClock, neighbours: Neighbours) async throws {
        self.database = database
        self.clock = clock
        self.neighbours = neighbours
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let feed = CommitFeed(head: try await database.read { try Positions.head($0) })
        rooms = try await RoomServer(
            database: database, serverName: RoomWorld.name, signingKey: SigningKey(seed: [UInt8](repeating: 7, count: 32), id: "ed25519:test"),
            remote: NoRemoteEvents(), feed: feed, environment: clock.environment, logger: logger)
        accounts = AccountServices(
            rooms: rooms, configuration: .testing, hashingPool: .singleton, logger: logger, remoteProfile: .unreachable,
            wakeServers: { neighbours.wake($0) })
        keys = KeyServices(rooms: rooms, accounts: accounts, remote: neighbours.ports, logger: logger)
        var routes = accounts.routes
        routes.add(RoomServices(rooms: rooms, remote: .unreachable, settings: RoomSettings(), logger: logger).routes)
        routes.add(keys.routes)
        self.routes = routes
    }

    /// A new account with one device.
    func person(_ localpart: String, device: String = "PHONE", password: String? = nil) async throws -> KeyClient {
        let user = RoomWorld.user(localpart)
        if let password {
            _ = try await accounts.accounts.add(username: localpart, password: password)
        } else {
            _ = try await database.write { try AccountStore($0).create(user, passwordHash: nil, at: 0) }
        }
        return try await client(user, device)
    }

    /// Another device of an account.
    func client(_ user: UserID, _ device: String) async throws -> KeyClient {
        try await database.write { try DeviceStore($0).ensure(device, of: user, displayName: "\(device) of \(user.localpart)", at: 0) }
        return KeyClient(world: self, user: user, device: device)
    }

    /// Joins a remote user to a room, or takes them out, as if an event of their server had come in.
    func setMembership(_ membership: Membership, of user: UserID, in room: String) async throws {
        guard let id = RoomID(room) else { preconditionFailure("\(room) is no room ID") }
        let (template, rules) = try await rooms.membershipTemplate(room: id, user: user, membership: membership)
        func references(_ member: String) -> [EventID] { template[member]?.array?.compactMap { $0.string.flatMap { EventID($0) } } ?? [] }
        let draft = EventDraft(
            roomID: id, type: "m.room.member", stateKey: user.description, sender: user, content: template["content"] ?? [:],
            originServerTS: clock.environment.nowMilliseconds(), depth: template["depth"]?.integer ?? 0,
            prevEvents: references("prev_events"), authEvents: references("auth_events"))
        let key = SigningKey(seed: [UInt8](repeating: 9, count: 32), id: "ed25519:far")
        _ = try await rooms.acceptMembership(.trusted(try draft.signed(by: user.server, with: key, rules: rules)), from: user.server)
    }
}

/// Other servers: what they answer and what they are told.
final class Neighbours: Sendable {
    private struct State {
        var devices: [String: JSONValue] = [:]
        var answers: [String: JSONValue] = [:]
        var asked: [String] = []
        var woken: Set<ServerName> = []
        var isDown = false
    }
    private let state = Mutex(State())
    private static let unreachable = MatrixError(502, .unknown, "unreachable")

    /// What was asked, as `devices @user`, `query server`, `claim server`.
    var asked: [String] { state.withLock { $0.asked } }
    var woken: Set<ServerName> { state.withLock { $0.woken } }

    func set(devices: JSONValue, of user: UserID) { state.withLock { $0.devices[user.description] = devices } }
    func set(answer: JSONValue, to question: String) { state.withLock { $0.answers[question] = answer } }
    func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }
    func wake(_ servers: [ServerName]) { state.withLock { $0.woken.formUnion(servers) } }

    var ports: RemoteKeys {
        RemoteKeys(
            devices: { user in try self.ask("devices \(user)") { $0.devices[user.description] } },
            query: { server, _ in try self.ask("query \(server)") { $0.answers["query"] } },
            claim: { server, _ in try self.ask("claim \(server)") { $0.answers["claim"] } }, wake: { self.wake($0) })
    }

    private func ask(_ question: String, _ answer: (State) -> JSONValue?) throws -> JSON {
        try state.withLock { state in
            state.asked.append(question)
            guard !state.isDown, let answer = answer(state) else { throw Neighbours.unreachable }
            return JSON(answer)
        }
    }
}

/// One device of a person.
struct KeyClient: Sendable {
    let world: KeyWorld
    let user: UserID
    let device: String

    var name: String { user.description }

    func call(
        _ method: MatrixAPI.Method, _ path: String, _ query: [(String, String)] = [], _ body: JSONValue? = nil
    ) async throws -> JSON {
        let full = path.hasPrefix("/_matrix") ? path : "/_matrix/client/v3" + path
        let segments = full.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let caller = UserCaller(user: user, device: device, tokenID: 1, address: "127.0.0.1")
        for entry in world.routes.entries where entry.route.method == method {
            guard let parameters = KeyClient.match(segments, entry.route.path) else { continue }
            let input = RequestInput(
                method: method, uri: full, pathParameters: parameters, queryItems: query.map { (name: $0.0, value: $0.1) },
                bodyBytes: body?.bytes() ?? [], contentType: "application/json")
            return try JSON.parse(try await entry.respond(input, .user(caller)).payload.encoded().bytes)
        }
        throw MatrixError.unrecognized("\(method) \(full)")
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

    func get(_ path: String, _ query: [(String, String)] = []) async throws -> JSON { try await call(.get, path, query) }
    @discardableResult
    func post(_ path: String, _ body: JSONValue = [:], _ query: [(String, String)] = []) async throws -> JSON {
        try await call(.post, path, query, body)
    }
    @discardableResult
    func put(_ path: String, _ body: JSONValue = [:], _ query: [(String, String)] = []) async throws -> JSON {
        try await call(.put, path, query, body)
    }
    @discardableResult
    func delete(_ path: String, _ query: [(String, String)] = []) async throws -> JSON { try await call(.delete, path, query) }

    /// A sync from the beginning, or since a token.
    func sync(since: String? = nil) async throws -> JSON { try await get("/sync", since.map { [("since", $0)] } ?? []) }
    func token() async throws -> String { try await sync()["next_batch"]?.string ?? "" }

    func createRoom() async throws -> String { try await post("/createRoom", ["preset": "public_chat"])["room_id"]?.string ?? "" }
    func join(_ room: String) async throws { try await post("/rooms/\(room)/join") }
    func leave(_ room: String) async throws { try await post("/rooms/\(room)/leave") }

    /// The key that the device signs with.
    var identity: SigningKey {
        let seed = Array((name + "/" + device).utf8.prefix(32))
        return SigningKey(seed: seed + [UInt8](repeating: 1, count: 32 - seed.count), id: "ed25519:\(device)")
    }

    /// The device's identity keys, signed.
    func deviceKeys(curve: String = "curve") -> JSONValue {
        let keys: JSONValue = .object([
            "ed25519:\(device)": .string(identity.publicKeyBase64), "curve25519:\(device)": .string(curve),
        ])
        return JSONSigning.sign(
            [
                "user_id": .string(name), "device_id": .string(device), "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
                "keys": keys,
            ], as: name, with: identity)
    }

    @discardableResult
    func uploadDeviceKeys(curve: String = "curve") async throws -> JSON {
        try await post("/keys/upload", ["device_keys": deviceKeys(curve: curve)])
    }

    @discardableResult
    func upload(oneTimeKeys names: [String]) async throws -> JSON {
        let keys = names.map { ("signed_curve25519:\($0)", JSONValue.object(["key": .string("key \($0)"), "signatures": [:]])) }
        return try await post("/keys/upload", ["one_time_keys": .object(Dictionary(uniqueKeysWithValues: keys))])
    }

    @discardableResult
    func upload(fallback name: String) async throws -> JSON {
        let key: JSONValue = ["key": .string("fallback \(name)"), "fallback": true, "signatures": [:]]
        return try await post("/keys/upload", ["fallback_keys": .object(["signed_curve25519:\(name)": key])])
    }

    /// Claims a key of a device and gives its name, nil where there is none.
    func claim(from other: KeyClient) async throws -> String? {
        let wanted: JSONValue = .object([other.name: .object([other.device: "signed_curve25519"])])
        let answer = try await post("/keys/claim", ["one_time_keys": wanted])
        return answer["one_time_keys"]?[other.name]?[other.device]?.members.map(\.key).first
    }

    func query(_ users: UserID...) async throws -> JSON {
        let wanted = users.map { ($0.description, JSONValue.array([])) }
        return try await post("/keys/query", ["device_keys": .object(Dictionary(uniqueKeysWithValues: wanted))])
    }

    /// Sends a message to devices.
    func send(_ text: String, to user: UserID, _ device: String, transaction: String) async throws {
        let messages: JSONValue = .object([user.description: .object([device: ["text": .string(text)]])])
        try await put("/sendToDevice/test.message/\(transaction)", ["messages": messages])
    }
}

extension JSON {
    /// The texts of the messages for the device in an answer of `/sync`.
    var deviceTexts: [String] { self["to_device"]?["events"]?.elements.compactMap { $0["content"]?["text"]?.string } ?? [] }
    var changedDevices: [String] { self["device_lists"]?["changed"]?.elements.compactMap(\.string) ?? [] }
    var leftDevices: [String] { self["device_lists"]?["left"]?.elements.compactMap(\.string) ?? [] }
    var nextBatch: String { self["next_batch"]?.string ?? "" }
}

import Database
import Logging
import MatrixAPI
import MatrixModel
import NIOPosix
import RoomGraph
import RoomServer
import Storage
import Synchronization
import Testing

@testable import ClientServices

/// Account services over a database in memory, a clock that stands still until it is set, and seeded chance; called as the gateway calls them.
struct AccountTestServer: Sendable {
    /// Wall and monotonic time, in milliseconds.
    final class Clock: Sendable {
        private let now = Mutex(1_700_000_000_000)
        var milliseconds: Int { now.withLock { $0 } }
        func advance(_ milliseconds: Int) { now.withLock { $0 += milliseconds } }
    }

    static let name = ServerName("test")!

    let clock: Clock
    let database: Database
    let rooms: RoomServer
    let services: AccountServices

    var accounts: AccountService { services.accounts }

    init(
        _ configuration: AccountConfiguration = .testing,
        remoteProfile: RemoteProfile = .unreachable
    ) async throws {
        let clock = Clock()
        self.clock = clock
        // A generator with a known start: tests must not differ from run to run.
        let seed = Mutex(UInt64(0x9E37_79B9_7F4A_7C15))
        let environment = Environment(
            nowMilliseconds: { clock.milliseconds }, monotonicMilliseconds: { clock.milliseconds },
            randomBytes: { count in
                seed.withLock { seed in
                    (0..<count).map { _ in
                        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                        return UInt8(truncatingIfNeeded: seed >> 33)
                    }
                }
            },
            sleep: { _ in try await Task.sleep(for: .seconds(3600)) })
        database = try Database.memory()
        try await Migrator(migrations: Schema.migrations).migrate(database)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        rooms = try await RoomServer(
            database: database, serverName: AccountTestServer.name, signingKey: SigningKey(seed: [UInt8](repeating: 7, count: 32), id: "ed25519:1"),
            remote: NoOtherServers(), feed: CommitFeed(head: 0), environment: environment, logger: logger)
        services = AccountServices(
            rooms: rooms, configuration: configuration, hashingPool: .singleton, logger: logger, remoteProfile: remoteProfile)
    }

    /// Calls an endpoint as the gateway does: authenticates, decodes, runs the handler and gives status and body.
    func call(
        _ method: MatrixAPI.Method, _ uri: String, _ body: JSONValue? = nil, as token: String? = nil
    ) async throws -> (status: Int, body: JSON) {
        let parts = uri.split(separator: "?", maxSplits: 1)
        let query = parts.count < 2 ? [] : parts[1].split(separator: "&").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        let path = String(parts[0])
        for entry in services.routes.entries where entry.route.method == method {
            for template in [entry.route.path] + entry.route.aliases {
                guard let parameters = AccountTestServer.match(path, template) else { continue }
                let items = query.map { (name: $0[0], value: $0.count > 1 ? $0[1] : "") }
                let input = RequestInput(
                    method: method, uri: uri, pathParameters: parameters, queryItems: items, bodyBytes: body?.bytes() ?? [],
                    contentType: "application/json")
                let identity = try await identity(for: entry, token, items)
                let answer = try await entry.respond(input, identity)
                return (answer.status, try JSON.parse(answer.payload.encoded().bytes))
            }
        }
        throw MatrixError.unrecognized()
    }

    /// The body of a call that succeeds.
    @discardableResult
    func ok(_ method: MatrixAPI.Method, _ uri: String, _ body: JSONValue? = nil, as token: String? = nil) async throws -> JSON {
        try await call(method, uri, body, as: token).body
    }

    /// The error of a call that fails.
    func failure(
        _ method: MatrixAPI.Method, _ uri: String, _ body: JSONValue? = nil, as token: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> MatrixError {
        let error = await #expect(throws: MatrixError.self, sourceLocation: sourceLocation) {
            _ = try await call(method, uri, body, as: token)
        }
        return try #require(error, sourceLocation: sourceLocation)
    }

    /// Registers a person and gives their access token.
    func register(_ username: String, password: String = "correct horse", device: String? = nil) async throws -> String {
        var body: JSONValue = ["username": .string(username), "password": .string(password), "auth": ["type": "m.login.dummy"]]
        body["device_id"] = device.map(JSONValue.string)
        return try #require(try await ok(.post, "/_matrix/client/v3/register", body)["access_token"]?.string)
    }

    /// A password stage of user-interactive authentication.
    static func passwordStage(_ user: String, _ password: String = "correct horse") -> JSONValue {
        ["type": "m.login.password", "identifier": ["type": "m.id.user", "user": .string(user)], "password": .string(password)]
    }

    private func identity(
        for entry: RouteTable.Entry, _ token: String?, _ items: [(name: String, value: String)]
    ) async throws -> Identity {
        let anonymous = Identity.anonymous(PublicCaller(address: "192.0.2.1"))
        guard entry.access != .open, let token else {
            guard entry.access != .user else { throw MatrixError(401, .missingToken, "Missing access token.") }
            return anonymous
        }
        let caller = try await services.authenticator.authenticate(
            UserCredentials(
                accessToken: token, address: "192.0.2.1", userAgent: "test",
                assertedUser: items.first { $0.name == "user_id" }?.value, assertedDevice: items.first { $0.name == "device_id" }?.value,
                allowsLockedUsers: entry.route.allowsLockedUsers))
        guard !caller.isGuest || entry.route.allowsGuests else { throw MatrixError(403, .guestAccessForbidden, "Guests may not do this.") }
        guard !caller.isSuspended || entry.route.allowsSuspendedUsers else { throw MatrixError.userSuspended }
        return .user(caller)
    }

    private static func match(_ path: String, _ template: String) -> [String: String]? {
        let segments = path.split(separator: "/")
        let names = template.split(separator: "/")
        guard segments.count == names.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, name) in zip(segments, names) {
            if name.hasPrefix("{") {
                parameters[String(name.dropFirst().dropLast())] = String(segment)
            } else if segment != name {
                return nil
            }
        }
        return parameters
    }
}

/// A world in which no other server answers.
struct NoOtherServers: RemoteEvents {
    private static let refusal = MatrixError.notFound("There are no other servers.")

    func event(_ id: EventID, room: RoomID, rules: RoomVersionRules, from servers: [ServerName]) async throws -> VerifiedEvent {
        throw NoOtherServers.refusal
    }
    func missingEvents(
        room: RoomID, rules: RoomVersionRules, latest: [EventID], earliest: [EventID], limit: Int, minimumDepth: Int, from server: ServerName
    ) async throws -> [VerifiedEvent] {
        throw NoOtherServers.refusal
    }
    func stateIDs(room: RoomID, at event: EventID, from server: ServerName) async throws -> (state: [EventID], authChain: [EventID]) {
        throw NoOtherServers.refusal
    }
    func state(
        room: RoomID, rules: RoomVersionRules, at event: EventID, from server: ServerName
    ) async throws -> (state: [VerifiedEvent], authChain: [VerifiedEvent]) {
        throw NoOtherServers.refusal
    }
    func backfill(
        room: RoomID, rules: RoomVersionRules, from events: [EventID], limit: Int, servers: [ServerName]
    ) async throws -> [VerifiedEvent] {
        throw NoOtherServers.refusal
    }
}

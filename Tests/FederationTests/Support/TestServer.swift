import Database
import Federation
import Logging
import MatrixAPI
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

/// A server name that a test writes down.
func server(_ text: String) -> ServerName {
    guard let name = ServerName(text) else { preconditionFailure("'\(text)' is no server name") }
    return name
}

/// A user ID that a test writes down.
func user(_ text: String) -> UserID {
    guard let user = UserID(text) else { preconditionFailure("'\(text)' is no user ID") }
    return user
}

/// One whole homeserver without accounts and HTTP, on a memory network.
struct TestServer: Sendable {
    let name: ServerName
    let key: SigningKey
    let database: Database
    let rooms: RoomServer
    let foundation: FederationFoundation
    let services: FederationServices
    let environment: Environment
    let edus = Recorder<(type: String, content: JSON, origin: ServerName)>()

    init(
        _ name: String, on network: MemoryNetwork, clock: VirtualClock, seed: UInt8, limits: FederationLimits = FederationLimits(),
        ports: FederationPorts = FederationPorts()
    ) async throws {
        self.name = server(name)
        key = SigningKey(seed: [UInt8](repeating: seed, count: 32), id: "ed25519:\(seed)")
        environment = clock.environment(seed: UInt64(seed))
        database = try Database.memory()
        try await Migrator(migrations: Schema.migrations).migrate(database)
        foundation = FederationFoundation(
            own: OwnKeys(serverName: self.name, signingKey: key), transport: network.transport(of: self.name), notaries: [],
            database: database, limits: limits, environment: environment)
        var logger = Logger(label: name)
        logger.logLevel = .critical
        rooms = try await RoomServer(
            database: database, serverName: self.name, signingKey: key, remote: foundation.remoteEvents, feed: CommitFeed(head: 0),
            environment: environment, logger: logger)
        let edus = self.edus
        let inbox = EphemeralInbox(
            typing: { edus.record(("m.typing", $0, $1)) }, receipts: { edus.record(("m.receipt", $0, $1)) },
            presence: { edus.record(("m.presence", $0, $1)) })
        services = FederationServices(
            foundation: foundation, rooms: rooms, inbox: inbox, ports: ports, software: (name: "Martlet", version: "0"), logger: logger)
        let authenticator = foundation.authenticator
        network.serve(self.name, routes: services.routes) { try await authenticator.authenticate($0) }
    }

    func user(_ localpart: String) -> UserID { FederationTests.user("@\(localpart):\(name)") }

    func addAccount(_ localpart: String) async throws {
        let user = self.user(localpart)
        _ = try await database.write { try AccountStore($0).create(user, passwordHash: nil, at: 0) }
    }

    /// A room with that join rule, its creator in it.
    func makeRoom(
        by creator: String, joinRule: JSONValue = ["join_rule": "public"], version: RoomVersion = .v11, extra: [RoomCreation.Initial] = []
    ) async throws -> RoomID {
        var levels: JSONValue = ["users": .object([user(creator).description: 100])]
        // From version 12 on a creator's power is not in the list.
        if version == .v12 { levels = ["users": [:]] }
        return try await rooms.create(
            RoomCreation(
                creator: user(creator), version: version, creationContent: [:], creatorProfile: [:],
                events: [
                    .init(type: "m.room.power_levels", content: levels), .init(type: "m.room.join_rules", content: joinRule),
                    .init(type: "m.room.history_visibility", content: ["history_visibility": "shared"]),
                ] + extra))
    }

    @discardableResult
    func say(_ text: String, in room: RoomID, as localpart: String) async throws -> EventID {
        try await rooms.append(
            NewEvent(type: "m.room.message", sender: user(localpart), content: ["msgtype": "m.text", "body": .string(text)]), to: room
        ).id
    }

    func join(_ room: RoomID, as localpart: String, via servers: ServerName...) async throws {
        try await services.changes.change(.join, of: user(localpart), in: room, via: servers, content: [:])
    }

    /// The events of a room's timeline, oldest first.
    func timeline(of room: RoomID) async throws -> [Event] {
        try await database.read { transaction in
            guard let row = try RoomStore(transaction).room(room) else { return [] }
            return try EventStore(transaction).timeline(room: row.number, limit: 1_000, newestFirst: false).map(\.event)
        }
    }

    /// The texts of a room's messages, oldest first.
    func messages(in room: RoomID) async throws -> [String] {
        try await timeline(of: room).compactMap { $0.type == "m.room.message" ? $0.content["body"]?.string : nil }
    }

    func membership(of user: UserID, in room: RoomID) async throws -> Membership? {
        try await rooms.membership(of: user, in: room)
    }
}

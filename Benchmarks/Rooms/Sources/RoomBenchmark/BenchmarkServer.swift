import Database
import Glibc
import Logging
import MatrixModel
import RoomGraph
import RoomServer
import Storage

/// A server on a file in a folder of its own.
struct BenchmarkServer: Sendable {
    let name: ServerName
    let key: SigningKey
    let path: String
    let database: Database
    let rooms: RoomServer

    init(_ text: String, folder: String) async throws {
        guard let name = ServerName(text) else { throw BenchmarkError.badName(text) }
        self.name = name
        key = SigningKey(seed: Array(text.utf8.prefix(16)) + Array(repeating: 3, count: 32 - min(16, text.utf8.count)), id: "ed25519:b")
        path = folder + "/" + text + ".sqlite"
        database = try Database.open(path: path)
        _ = try await Migrator(migrations: Schema.migrations).migrate(database)
        var logger = Logger(label: "benchmark")
        logger.logLevel = .error
        let environment = Environment(
            nowMilliseconds: { Meter.wallMicroseconds() / 1000 + 1_700_000_000_000 }, monotonicMilliseconds: { Meter.wallMicroseconds() / 1000 },
            randomBytes: { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } },
            sleep: { try await Task.sleep(nanoseconds: UInt64($0) * 1_000_000) })
        rooms = try await RoomServer(
            database: database, serverName: name, signingKey: key, remote: NobodyElse(),
            feed: CommitFeed(head: try await database.read { try Positions.head($0) }), environment: environment, logger: logger)
    }

    func user(_ localpart: String) throws -> UserID {
        guard let user = UserID("@\(localpart):\(name)") else { throw BenchmarkError.badName(localpart) }
        return user
    }

    func makeRoom() async throws -> RoomID {
        let creator = try user("alice")
        return try await rooms.create(
            RoomCreation(
                creator: creator, version: .v11, creationContent: [:], creatorProfile: ["displayname": "Alice"],
                events: [
                    .init(type: "m.room.power_levels", content: ["users": [creator.description: 100], "state_default": 0]),
                    .init(type: "m.room.join_rules", content: ["join_rule": "public"]),
                    .init(type: "m.room.history_visibility", content: ["history_visibility": "shared"]),
                ]))
    }

    func say(_ text: String, _ room: RoomID, transaction: Int? = nil) async throws -> CommittedEvent {
        let sender = try user("alice")
        let key = transaction.map { ClientTransactionKey(user: sender, device: "DEVICE", scope: "send/\(room)/m.room.message", id: "t\($0)") }
        return try await rooms.append(
            NewEvent(
                type: "m.room.message", sender: sender, content: ["msgtype": "m.text", "body": .string(text)] as JSONValue, transaction: key),
            to: room)
    }

    /// The size of the database file after its log was moved into it, in bytes.
    var fileBytes: Int {
        var sum = 0
        for suffix in ["", "-wal"] {
            var status = stat()
            if stat(path + suffix, &status) == 0 { sum += Int(status.st_size) }
        }
        return sum
    }
}

enum BenchmarkError: Error {
    case badName(String)
    case refused(String)
}

/// There are no other servers to ask.
struct NobodyElse: RemoteEvents {
    func event(_ id: EventID, room: RoomID, rules: RoomVersionRules, from servers: [ServerName]) async throws -> VerifiedEvent {
        throw BenchmarkError.refused("event")
    }
    func missingEvents(
        room: RoomID, rules: RoomVersionRules, latest: [EventID], earliest: [EventID], limit: Int, minimumDepth: Int, from server: ServerName
    ) async throws -> [VerifiedEvent] { throw BenchmarkError.refused("missing") }
    func stateIDs(room: RoomID, at event: EventID, from server: ServerName) async throws -> (state: [EventID], authChain: [EventID]) {
        throw BenchmarkError.refused("stateIDs")
    }
    func state(
        room: RoomID, rules: RoomVersionRules, at event: EventID, from server: ServerName
    ) async throws -> (state: [VerifiedEvent], authChain: [VerifiedEvent]) { throw BenchmarkError.refused("state") }
    func backfill(
        room: RoomID, rules: RoomVersionRules, from events: [EventID], limit: Int, servers: [ServerName]
    ) async throws -> [VerifiedEvent] { throw BenchmarkError.refused("backfill") }
}

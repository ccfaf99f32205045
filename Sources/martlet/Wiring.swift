import ClientServices
import Database
import Federation
import Glibc
import Logging
import MatrixAPI
import MatrixModel
import NIOCore
import NIOPosix
import RoomGraph
import RoomServer
import ServiceLifecycle
import Storage

/// Builds the house, each part from those before it: the order of this file is the architecture.
enum Wiring {
    /// The only real clock and chance of the program.
    static func environment() -> Environment {
        Environment(
            nowMilliseconds: { milliseconds(CLOCK_REALTIME) }, monotonicMilliseconds: { milliseconds(CLOCK_MONOTONIC) },
            randomBytes: { count in
                var generator = SystemRandomNumberGenerator()
                return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            },
            sleep: { try await Task.sleep(for: .milliseconds($0)) })
    }

    /// The clock of the request log.
    static func monotonicMicroseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }

    private static func milliseconds(_ clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// The database of the data folder, with the newest schema.
    static func database(_ configuration: Configuration, in folder: DataFolder) async throws -> Database {
        let database = try Database.open(
            path: configuration.database.path ?? folder.database, options: configuration.database.options)
        try await Migrator(migrations: Schema.migrations).migrate(database)
        return database
    }

    /// Accounts without the rest of the house, for `martlet user`.
    static func accounts(_ configuration: Configuration, database: Database, hashingPool: NIOThreadPool) -> AccountService {
        AccountService(
            database: database, serverName: configuration.serverName, environment: environment(), configuration: configuration.accounts,
            hashingPool: hashingPool)
    }

    /// The whole house, ready to be run.
    static func house(
        _ configuration: Configuration, in folder: DataFolder, environment: Environment, logger: Logger
    ) async throws -> House {
        let signingKey = try SigningKeyFile.readOrCreate(at: folder.signingKey, environment: environment)
        let database = try await database(configuration, in: folder)
        let feed = CommitFeed(head: try await database.read { try Positions.head($0) })
        let rooms = try await RoomServer(
            database: database, serverName: configuration.serverName, signingKey: signingKey, remote: UnreachableEvents(), feed: feed,
            environment: environment, logger: logger)
        let hashingPool = NIOThreadPool(numberOfThreads: 2)
        hashingPool.start()
        let accounts = AccountServices(
            rooms: rooms, configuration: configuration.accounts, hashingPool: hashingPool, logger: logger,
            remoteProfile: { _, _ in throw MatrixError.notFound("No other server can be reached from here.") })

        var routes = WelcomeService(serverName: configuration.serverName, database: database, environment: environment).routes
        routes.add(accounts.routes)
        let ports = GatewayPorts(
            authenticateUser: { try await accounts.authenticator.authenticate($0) },
            authenticatePeer: { _ in throw MatrixError(401, .unauthorized, "Federation is off.") },
            admit: { limit, identity throws(MatrixError) in try accounts.limiter.admit(limit, identity) })
        return House(
            routes: routes, ports: ports, services: [], accounts: accounts,
            close: {
                try? await hashingPool.shutdownGracefully()
                database.close()
            })
    }
}

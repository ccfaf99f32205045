import ClientServices
import Database
import Federation
import Glibc
import Logging
import MatrixAPI
import MatrixModel
import Media
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
        let transport =
            configuration.federation.isEnabled
            ? try NetworkTransport(
                group: MultiThreadedEventLoopGroup.singleton, options: configuration.federation.transport, limits: FederationLimits(),
                environment: environment) : nil
        let peers = transport.map {
            FederationFoundation(
                own: OwnKeys(serverName: configuration.serverName, signingKey: signingKey), transport: $0,
                notaries: configuration.federation.trustedKeyServers, database: database, environment: environment)
        }
        let feed = CommitFeed(head: try await database.read { try Positions.head($0) })
        let rooms = try await RoomServer(
            database: database, serverName: configuration.serverName, signingKey: signingKey,
            remote: peers.map { $0.remoteEvents as any RemoteEvents } ?? UnreachableEvents(), feed: feed, environment: environment,
            logger: Logger(label: "rooms"))
        let sender = peers.map {
            FederationSender(
                database: database, feed: feed, client: $0.client, health: $0.health, limits: $0.limits, environment: environment,
                logger: Logger(label: "federation"))
        }

        let web =
            configuration.media.previews.isEnabled || transport != nil
            ? try WebClient(group: MultiThreadedEventLoopGroup.singleton, options: configuration.media.web, environment: environment) : nil
        let media = MediaRepository(
            serverName: configuration.serverName, database: database,
            folder: try MediaFolder(path: folder.media, environment: environment), client: peers?.client, web: web,
            decoder: ["/proc/self/exe", "thumbnail"], settings: configuration.media, environment: environment)

        let hashingPool = NIOThreadPool(numberOfThreads: hashingThreads)
        hashingPool.start()
        let mailPool = configuration.mail.map { _ in NIOThreadPool(numberOfThreads: mailThreads) }
        mailPool?.start()
        let mail = mailPool.flatMap { pool in
            configuration.mail.map { CurlMail(configuration: $0, pool: pool, environment: environment).sender }
        }
        let accounts = AccountServices(
            rooms: rooms, configuration: configuration.accounts, hashingPool: hashingPool, logger: Logger(label: "accounts"),
            remoteProfile: peers.map { RemoteProfile(RemoteQueries(client: $0.client)) } ?? .unreachable,
            remote: remoteRooms(peers, sender, rooms), mail: mail,
            wakeServers: { sender?.notify($0) })
        let identity = web.map { ThirdPartyIdentityServer(web: $0) }
        let remote = remoteRooms(peers, sender, rooms)
        let roomServices = RoomServices(
            rooms: rooms, remote: identity.map { remote.reaching($0) } ?? remote, settings: configuration.rooms,
            invitations: invitations(configuration, media), logger: Logger(label: "rooms"))
        let keys = KeyServices(rooms: rooms, accounts: accounts, remote: remoteKeys(peers, sender), logger: Logger(label: "keys"))

        let welcome = WelcomeService(serverName: configuration.serverName, database: database, environment: environment)
        var routes = welcome.routes
        routes.add(pages(configuration, welcome, roomServices, logger: logger))
        routes.add(ServerFacts(configuration: configuration, database: database).routes)
        routes.add(accounts.routes)
        routes.add(roomServices.routes)
        routes.add(keys.routes)
        routes.add(media.routes)
        if let peers {
            routes.add(
                federationRoutes(
                    peers, configuration, rooms: rooms, roomServices: roomServices, accounts: accounts, keys: keys, identity: identity))
        }
        var services: [any Service] = [
            roomServices.typingExpiry, roomServices.indexFollower, roomServices.delayedEvents, roomServices.guests, roomServices.presenceKeeper,
            accounts.upkeep, accounts.memberships, media.upkeep(logger: Logger(label: "media")),
        ]
        if let sender { services += [sender, keys.follower] }
        do { try await roomServices.rehearse(with: accounts.authenticator) } catch {
            logger.warning("The rehearsal failed", metadata: ["error": "\(error)"])
        }
        return House(
            routes: routes, ports: ports(accounts, peers), services: services, accounts: accounts,
            close: {
                await transport?.shutDown()
                try? await hashingPool.shutdownGracefully()
                try? await mailPool?.shutdownGracefully()
                await media.shutDown()
                await web?.shutDown()
                database.close()
            })
    }

    /// Two hashes at once: each takes 19 MiB and tens of milliseconds.
    private static let hashingThreads = 2
    /// Messages on their way to the mail server at once; each may take half a minute.
    private static let mailThreads = 4

    /// The web client, or where there is none a page that says what the server is.
    private static func pages(
        _ configuration: Configuration, _ welcome: WelcomeService, _ rooms: RoomServices, logger: Logger
    ) -> RouteTable {
        if let folder = WebFolder.find(configuration.web) {
            return WebService(
                folder: folder, configuration: configuration.web, serverName: configuration.serverName,
                publicAddress: configuration.wellKnown.client, invitation: { try await rooms.invitation($0) }
            ).routes
        }
        if let folder = configuration.web.folder, configuration.web.isEnabled {
            logger.warning("The web client is not there", metadata: ["folder": "\(folder)"])
        }
        return welcome.page
    }

    private static func invitations(_ configuration: Configuration, _ media: MediaRepository) -> InvitationSettings {
        var settings = InvitationSettings()
        settings.publicBaseURL = configuration.wellKnown.client
        settings.registration = configuration.registration.mode
        settings.invitesRegister = configuration.registration.invitesRegister
        settings.picture = { try await media.picture(of: $0, $1) }
        return settings
    }

    private static func remoteRooms(_ peers: FederationFoundation?, _ sender: FederationSender?, _ rooms: RoomServer) -> RemoteRooms {
        guard let peers, let sender else { return .unreachable }
        return RemoteRooms(
            membership: RemoteMembership(client: peers.client, verifier: peers.verifier, environment: peers.environment),
            queries: RemoteQueries(client: peers.client), sender: sender, rooms: rooms)
    }

    private static func remoteKeys(_ peers: FederationFoundation?, _ sender: FederationSender?) -> RemoteKeys {
        guard let peers, let sender else { return .unreachable }
        return RemoteKeys(queries: RemoteQueries(client: peers.client), sender: sender)
    }

    private static func federationRoutes(
        _ peers: FederationFoundation, _ configuration: Configuration, rooms: RoomServer, roomServices: RoomServices, accounts: AccountServices,
        keys: KeyServices, identity: ThirdPartyIdentityServer?
    ) -> RouteTable {
        let inbox = EphemeralInbox(
            typing: { try await roomServices.inbox.typing($0, from: $1) }, receipts: { try await roomServices.inbox.receipts($0, from: $1) },
            presence: { try await roomServices.inbox.presence($0, from: $1) },
            deviceChange: { try await keys.inbox.deviceChange($0, $1, from: $2) },
            directToDevice: { try await keys.inbox.directToDevice($0, from: $1) })
        let receiver = FederationReceiver(
            rooms: rooms, verifier: peers.verifier, inbox: inbox, limits: peers.limits, environment: peers.environment,
            logger: Logger(label: "federation"))
        var ports = FederationPorts(
            publicRooms: { try await roomServices.publicRooms($0) }, openIDUser: { try await accounts.accounts.openIDUser(of: $0) },
            userDevices: { try await keys.peers.devices(of: $0) }, queryKeys: { try await keys.peers.query($0) },
            claimKeys: { try await keys.peers.claim($0) },
            admitsInvite: { invited, sender in try await roomServices.admitInvite(of: invited, by: sender) },
            hierarchy: { try await roomServices.hierarchy(of: $0, suggestedOnly: $1, for: $2) },
            eventByTimestamp: { try await roomServices.event(near: $1, in: $0, for: $2) })
        if let identity {
            let thirdParty = ThirdPartyInvites(
                rooms: rooms, membership: RemoteMembership(client: peers.client, verifier: peers.verifier, environment: peers.environment),
                client: peers.client, identity: identity)
            ports.exchangeThirdPartyInvite = { try await thirdParty.exchange($0, from: $1) }
            ports.bindThirdParty = { try await thirdParty.bind($0) }
        }
        return FederationRoutes(
            own: peers.own, keys: peers.keys, verifier: peers.verifier, receiver: receiver, rooms: rooms, ports: ports,
            environment: peers.environment,
            software: (MartletVersion.name, MartletVersion.current), delegate: configuration.wellKnown.server
        ).routes
    }

    private static func ports(_ accounts: AccountServices, _ peers: FederationFoundation?) -> GatewayPorts {
        GatewayPorts(
            authenticateUser: { try await accounts.authenticator.authenticate($0) },
            authenticatePeer: { request in
                guard let peers else { throw MatrixError(401, .unauthorized, "Federation is off.") }
                return try await peers.authenticator.authenticate(request)
            },
            admit: { limit, identity throws(MatrixError) in try accounts.limiter.admit(limit, identity) })
    }
}

import Database
public import Logging
public import MatrixAPI
public import MatrixModel
public import NIOPosix
public import RoomServer

/// Everything about accounts and what belongs to people, ready to be mounted.
public struct AccountServices: Sendable {
    /// The endpoints.
    public let routes: RouteTable
    /// Fills `GatewayPorts.authenticateUser`.
    public let authenticator: UserAuthenticator
    /// Fills `GatewayPorts.admit`.
    public let limiter: RateLimiter
    /// The same without HTTP.
    public let accounts: AccountService
    /// The way to the first administrator.
    public let bootstrap: AdminBootstrap
    /// Runs beside the server.
    public let upkeep: AccountUpkeep
    /// Runs beside the server.
    public let memberships: OwnMemberships
    /// Confirms that a caller is the account's owner.
    let owner: OwnerAuthentication

    /// `remoteProfile` asks another server for the profile of one of its users, or for one field of it; `wakeServers` tells the federation
    /// sender that changes of device lists wait for servers.
    public init(
        rooms: RoomServer, configuration: AccountConfiguration, hashingPool: NIOThreadPool, logger: Logger,
        remoteProfile: RemoteProfile, remote: RemoteRooms = .unreachable, mail: MailSender? = nil,
        wakeServers: @escaping @Sendable ([ServerName]) -> Void = { _ in }
    ) {
        let environment = rooms.environment
        let services = configuration.applicationServices
        accounts = AccountService(
            database: rooms.database, serverName: rooms.serverName, environment: environment, configuration: configuration,
            hashingPool: hashingPool, deviceLists: DeviceListAnnouncer(feed: rooms.feed, wake: wakeServers))
        authenticator = accounts.authenticator
        bootstrap = AdminBootstrap()
        upkeep = AccountUpkeep(database: rooms.database, environment: environment, logger: logger)
        limiter = RateLimiter(
            limits: configuration.rateLimits, environment: environment,
            exemptServices: Set(services.filter { !$0.isRateLimited }.map(\.id)),
            exemptUsers: Set(services.compactMap { $0.sender(on: rooms.serverName) }))

        let authentication = InteractiveAuthentication(environment: environment)
        owner = OwnerAuthentication(accounts: accounts, authentication: authentication, limiter: limiter)
        memberships = OwnMemberships(rooms: rooms, remote: remote, logger: logger)
        let contacts = ContactService(accounts: accounts, limiter: limiter, mail: mail, logger: logger)
        let discovery = DiscoveryService(configuration: configuration, offersContacts: contacts.isOffered)
        let data = PersonalData(rooms: rooms)

        var table = discovery.routes
        table.add(RegistrationService(accounts: accounts, authentication: authentication, bootstrap: bootstrap, contacts: contacts).routes)
        table.add(SharedSecretService(accounts: accounts).routes)
        table.add(
            LoginService(
                accounts: accounts, owner: owner, limiter: limiter, wellKnown: discovery.clientWellKnown, contacts: contacts
            ).routes)
        table.add(SessionService(accounts: accounts).routes)
        table.add(DeviceService(accounts: accounts, owner: owner).routes)
        table.add(
            AccountManagement(
                accounts: accounts, owner: owner, memberships: memberships, erasures: rooms.erasures, contacts: contacts,
                authentication: authentication
            ).routes)
        table.add(contacts.routes(owner))
        table.add(ProfileService(rooms: rooms, memberships: memberships, remoteProfile: remoteProfile).routes)
        table.add(AccountDataService(data: data).routes)
        table.add(TURNService(configuration: configuration.turn, nowMilliseconds: environment.nowMilliseconds).routes)
        table.add(ThirdPartyService().routes)
        table.add(ModerationService(accounts: accounts).routes)
        table.add(TagService(data: data).routes)
        table.add(PushRuleService(data: data).routes)
        table.add(FilterService(database: rooms.database).routes)
        table.add(UserDirectoryService(database: rooms.database, serverName: rooms.serverName).routes)
        routes = table
    }
}

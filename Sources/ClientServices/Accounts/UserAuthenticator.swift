import Database
public import MatrixAPI
import MatrixModel
import Storage

/// Finds who is behind an access token, application services included; fills `GatewayPorts.authenticateUser`.
public final class UserAuthenticator: Sendable {
    private let database: Database
    private let serverName: ServerName
    private let environment: Environment
    private let services: [TokenDigest: ApplicationServiceRegistration]
    private let cache = TokenCache()

    init(database: Database, serverName: ServerName, environment: Environment, services: [ApplicationServiceRegistration]) {
        self.database = database
        self.serverName = serverName
        self.environment = environment
        self.services = Dictionary(services.map { (TokenDigest($0.serviceToken.text), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The person behind a token; throws 401 `M_UNKNOWN_TOKEN`, with `soft_logout` where the token has only expired.
    ///
    /// A locked account is refused with 401 `M_USER_LOCKED` unless the endpoint admits it, as logging out does.
    public func authenticate(_ credentials: UserCredentials) async throws -> UserCaller {
        let token = TokenDigest(credentials.accessToken)
        if let service = services[token] { return try await caller(of: service, credentials, token) }
        let entry: TokenCache.Entry
        if let (known, isStale) = cache.entry(for: token, monotonicNow: environment.monotonicMilliseconds()) {
            if isStale { touch(known, credentials) }
            entry = known
        } else {
            entry = try await load(token, credentials)
        }
        if let expires = entry.expires, expires <= environment.nowMilliseconds() {
            throw MatrixError(401, .unknownToken, "The access token has expired.", extra: ["soft_logout": true])
        }
        guard !entry.isLocked || credentials.allowsLockedUsers else { throw UserAuthenticator.locked }
        return UserCaller(
            user: entry.user, device: entry.device, tokenID: token.number, isGuest: entry.isGuest, isAdmin: entry.isAdmin,
            isSuspended: entry.isSuspended, address: credentials.address, userAgent: credentials.userAgent)
    }

    /// Forgets what is cached of a user's tokens, or of one device's: after a logout, or a change of the account.
    func forget(_ user: UserID, device: String? = nil) {
        cache.forget(user, device: device)
    }

    /// The answer to whoever's account is locked (client-server API, "Account locking").
    static let locked = MatrixError(401, .userLocked, "This account has been locked.", extra: ["soft_logout": true])

    private func load(_ token: TokenDigest, _ credentials: UserCredentials) async throws -> TokenCache.Entry {
        let generation = cache.generation
        guard let session = try await database.read({ try TokenStore($0).session(access: token.bytes) }) else {
            throw MatrixError(401, .unknownToken, "Unknown access token.", extra: ["soft_logout": false])
        }
        let entry = TokenCache.Entry(
            user: session.user, device: session.device, expires: session.expires, isGuest: session.standing.isGuest,
            isAdmin: session.standing.isAdmin, isLocked: session.standing.isLocked, isSuspended: session.standing.isSuspended,
            touched: environment.monotonicMilliseconds())
        if session.isUnconfirmed {
            // "The old refresh token remains valid until the new access token or refresh token is used"
            try await database.write { try TokenStore($0).confirm(access: token.bytes) }
            cache.forget(session.user, device: session.device)
        } else {
            cache.insert(entry, for: token, generation: generation)
        }
        touch(entry, credentials)
        return entry
    }

    /// Writes when the device was last seen; nobody waits for it.
    private func touch(_ entry: TokenCache.Entry, _ credentials: UserCredentials) {
        guard let device = entry.device else { return }
        let now = environment.nowMilliseconds()
        database.submit { transaction in
            try DeviceStore(transaction).touch(
                device, of: entry.user, at: now, address: credentials.address, agent: credentials.userAgent)
        }
    }

    /// The user that an application service acts as (application-service API, "Identity assertion").
    private func caller(
        of service: ApplicationServiceRegistration, _ credentials: UserCredentials, _ token: TokenDigest
    ) async throws -> UserCaller {
        let asserted = try credentials.assertedUser.map { text throws(MatrixError) -> UserID in
            guard let user = UserID(text) else { throw .invalidParam("'user_id' is not a user ID.") }
            return user
        }
        guard let user = asserted ?? service.sender(on: serverName), user.server == serverName, service.owns(user) else {
            throw MatrixError.forbidden("The application service cannot act as this user.")
        }
        let now = environment.nowMilliseconds()
        let device = credentials.assertedDevice
        let isSender = user == service.sender(on: serverName)
        let known = try await database.read { transaction in
            (
                try AccountStore(transaction).account(user)?.standing,
                try device.map { try DeviceStore(transaction).device($0, of: user) != nil } ?? true
            )
        }
        var standing = known.0
        if standing == nil, isSender {
            standing = try await database.write { transaction in
                let accounts = AccountStore(transaction)
                _ = try accounts.create(user, passwordHash: nil, appservice: service.id, at: now)
                return try accounts.account(user)?.standing
            }
        }
        guard let standing, !standing.isDeactivated else {
            throw MatrixError.forbidden("The application service has not registered this user.")
        }
        guard !standing.isLocked || credentials.allowsLockedUsers else { throw UserAuthenticator.locked }
        guard known.1 else { throw MatrixError(400, .unknownDevice, "The user has no such device.") }
        return UserCaller(
            user: user, device: device, tokenID: token.number, isAdmin: standing.isAdmin, isSuspended: standing.isSuspended,
            applicationService: service.id,
            address: credentials.address, userAgent: credentials.userAgent)
    }
}

public import Database
public import MatrixModel
public import NIOPosix
import Storage

/// Accounts and their passwords, without HTTP: what the endpoints do, and the command line.
public struct AccountService: Sendable {
    let database: Database
    let serverName: ServerName
    let environment: Environment
    let configuration: AccountConfiguration
    let authenticator: UserAuthenticator
    /// Tells of removed and renamed devices; nil where nobody listens.
    let deviceLists: DeviceListAnnouncer?
    private let hasher: PasswordHasher

    /// `hashingPool` runs the password hashes: a few threads of its own, started, and shut down by whoever made it.
    public init(
        database: Database, serverName: ServerName, environment: Environment, configuration: AccountConfiguration, hashingPool: NIOThreadPool,
        deviceLists: DeviceListAnnouncer? = nil
    ) {
        self.deviceLists = deviceLists
        self.database = database
        self.serverName = serverName
        self.environment = environment
        self.configuration = configuration
        authenticator = UserAuthenticator(
            database: database, serverName: serverName, environment: environment, services: configuration.applicationServices)
        hasher = PasswordHasher(cost: configuration.passwordCost, pool: hashingPool)
    }

    /// Makes an account: `martlet user add`. Throws 400 `M_INVALID_USERNAME`, `M_USER_IN_USE` or `M_WEAK_PASSWORD`.
    public func add(username: String, password: String, isAdmin: Bool = false, displayName: String? = nil) async throws -> UserID {
        let username = try Username(username, server: serverName)
        var account = NewAccount(user: username.user)
        account.passwordHash = try await hash(newPassword: password)
        account.isAdmin = isAdmin
        account.displayName = displayName
        try await create(account, session: nil)
        return username.user
    }

    /// Sets an account's password and ends its sessions: `martlet user password`. Throws 404 where there is no such account.
    public func setPassword(_ password: String, username: String) async throws {
        guard let account = try await account(named: username) else { throw MatrixError.notFound("There is no account '\(username)'.") }
        try await setPassword(password, of: account.user, endsSessions: true, except: nil)
    }

    /// Makes an account an administrator, or no longer one.
    public func setAdmin(_ isAdmin: Bool, of user: UserID) async throws {
        try await database.write { try AccountStore($0).setAdmin(isAdmin, of: user) }
        authenticator.forget(user)
    }

    /// Whether there is an administrator.
    public func hasAdministrator() async throws -> Bool {
        try await database.read { transaction in
            let accounts = AccountStore(transaction)
            var last: UserID?
            while true {
                let page = try accounts.accounts(after: last, limit: 500)
                if page.contains(where: { $0.standing.isAdmin }) { return true }
                guard page.count == 500, let end = page.last else { return false }
                last = end.user
            }
        }
    }

    /// The user of an OpenID token; nil where it is unknown or expired.
    public func openIDUser(of token: String) async throws -> UserID? {
        let digest = TokenDigest(token)
        let now = environment.nowMilliseconds()
        return try await database.read { try OpenIDTokenStore($0).user(digest.bytes, at: now) }
    }

    /// The account that somebody means who gives a user ID or localpart; nil where there is none.
    func account(named text: String) async throws -> Account? {
        let candidates = Username.candidates(for: text, server: serverName)
        return try await database.read { transaction in
            for user in candidates {
                if let account = try AccountStore(transaction).account(user) { return account }
            }
            return nil
        }
    }

    func account(_ user: UserID) async throws -> Account? {
        try await database.read { try AccountStore($0).account(user) }
    }

    /// The account of that name if the password is its own; takes as long where there is no account.
    func account(named text: String, password: String) async throws -> Account? {
        let account = try await account(named: text)
        guard password.utf8.count <= AccountLimits.passwordBytes else { return nil }
        return try await hasher.verify(password, against: account?.passwordHash) ? account : nil
    }

    /// Whether the password is the user's.
    func verify(_ password: String, of user: UserID) async throws -> Bool {
        let hash = try await account(user)?.passwordHash
        guard password.utf8.count <= AccountLimits.passwordBytes else { return false }
        return try await hasher.verify(password, against: hash)
    }

    /// The hash of a password that somebody wants; throws 400 `M_WEAK_PASSWORD`, or `M_INVALID_PARAM` where it is too long.
    func hash(newPassword password: String) async throws -> String {
        guard password.utf8.count >= configuration.minimumPasswordBytes else {
            throw MatrixError(400, .weakPassword, "A password must have at least \(configuration.minimumPasswordBytes) characters.")
        }
        guard password.utf8.count <= AccountLimits.passwordBytes else {
            throw MatrixError.invalidParam("A password has at most \(AccountLimits.passwordBytes) bytes.")
        }
        return try await hasher.hash(password)
    }

    func setPassword(_ password: String, of user: UserID, endsSessions: Bool, except device: String?) async throws {
        let hash = try await hash(newPassword: password)
        if endsSessions {
            try await deleteAllDevices(of: user, except: device) { try AccountStore($0).setPasswordHash(hash, of: user) }
        } else {
            try await database.write { try AccountStore($0).setPasswordHash(hash, of: user) }
        }
        authenticator.forget(user)
    }

    /// Makes an account and, where one is given, its first session; throws 400 `M_USER_IN_USE`.
    func create(_ account: NewAccount, session: NewSession?) async throws {
        let now = environment.nowMilliseconds()
        try await database.write { transaction in
            if let token = account.registrationToken {
                let tokens = RegistrationTokenStore(transaction)
                if try tokens.reserve(token, at: now) {
                    try tokens.complete(token)
                } else if try !admits(inviteCode: token, at: now, transaction) {
                    throw MatrixError.forbidden("The registration token is no longer valid.")
                }
            }
            let accounts = AccountStore(transaction)
            if account.upgradesGuest {
                try accounts.upgradeGuest(account.user, passwordHash: account.passwordHash)
            } else {
                let isNew = try accounts.create(
                    account.user, passwordHash: account.passwordHash, isGuest: account.isGuest, isAdmin: account.isAdmin,
                    appservice: account.applicationService, at: now)
                guard isNew else { throw AccountService.userInUse }
            }
            if let displayName = account.displayName {
                try ProfileStore(transaction).set(ProfileField.displayName, to: JSON(.string(displayName)), user: account.user)
            }
            if let email = account.email {
                let contact = Contact(
                    medium: email.medium, address: email.address, user: account.user, validated: email.validated ?? now, added: now)
                guard try ContactStore(transaction).add(contact) else {
                    throw MatrixError(400, .threepidInUse, "This address belongs to an account already.")
                }
                try ContactValidationStore(transaction).remove(session: email.session)
            }
            try session?.store(transaction)
        }
        authenticator.forget(account.user)
    }

    /// Whether an invite link serves as a registration token; it is not used up by that.
    func admits(inviteCode code: String, at now: Int, _ transaction: Transaction) throws -> Bool {
        guard configuration.invitesRegister, let link = try InviteLinkStore(transaction).link(code), link.isOpen(at: now),
            let creator = try AccountStore(transaction).account(link.creator)?.standing
        else { return false }
        return !creator.isDeactivated && !creator.isLocked && !creator.isSuspended
    }

    /// Opens a session.
    func open(_ session: NewSession) async throws {
        try await database.write { try session.store($0) }
        authenticator.forget(session.user, device: session.deviceID)
    }

    /// A session for a user, not yet opened.
    func session(
        of user: UserID, deviceID: String?, displayName: String?, wantsRefreshToken: Bool
    ) throws(MatrixError) -> NewSession {
        try NewSession(
            user: user, deviceID: deviceID, displayName: displayName, wantsRefreshToken: wantsRefreshToken,
            refreshableMilliseconds: configuration.refreshableTokenMilliseconds, environment: environment)
    }

    static let userInUse = MatrixError(400, .userInUse, "This user ID is taken.")
}

/// An account about to be made.
struct NewAccount: Sendable {
    let user: UserID
    var passwordHash: String?
    var isGuest = false
    var isAdmin = false
    /// The application service that it belongs to.
    var applicationService: String?
    var displayName: String?
    /// A registration token of which one use is spent.
    var registrationToken: String?
    /// A proven e-mail address.
    var email: ContactValidation?
    /// Whether a guest account becomes a full one.
    var upgradesGuest = false

    init(user: UserID) { self.user = user }
}

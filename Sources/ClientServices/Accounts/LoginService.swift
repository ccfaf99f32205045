import Database
import MatrixAPI
import MatrixModel
import Storage

/// Opens sessions (client-server API, "Legacy login").
struct LoginService: Sendable {
    let accounts: AccountService
    let owner: OwnerAuthentication
    let limiter: RateLimiter
    let wellKnown: JSONValue?
    let contacts: ContactService

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetLoginFlows.self) { _, _ in GetLoginFlows.Response(flows: flows) }
        table.on(Login.self) { caller, request in try await login(caller, request) }
        table.on(GetLoginToken.self) { caller, request in try await loginToken(for: caller, request) }
        return table
    }

    private var flows: [JSONValue] {
        var flows: [JSONValue] = [["type": "m.login.password"], ["type": "m.login.token", "get_login_token": true]]
        if !accounts.configuration.applicationServices.isEmpty { flows.append(["type": "m.login.application_service"]) }
        return flows
    }

    private func login(_ caller: OptionalUserCaller, _ request: Login.Request) async throws -> SessionResponse {
        let account = try await account(shownBy: request.proof, caller)
        guard !account.standing.isDeactivated else { throw MatrixError(403, .userDeactivated, "This account has been deactivated.") }
        guard !account.standing.isLocked else { throw UserAuthenticator.locked }
        let session = try accounts.session(
            of: account.user, deviceID: request.deviceID, displayName: request.initialDeviceDisplayName,
            wantsRefreshToken: request.wantsRefreshToken)
        try await accounts.open(session)
        return SessionResponse(userID: account.user, session: session.answer, wellKnown: wellKnown)
    }

    private func account(shownBy proof: Login.Proof, _ caller: OptionalUserCaller) async throws -> Account {
        switch proof {
        case .password(let identifier, let password):
            return try await account(identifier, password: password)
        case .token(let token):
            let digest = TokenDigest(token)
            let now = accounts.environment.nowMilliseconds()
            let account = try await accounts.database.write { transaction -> Account? in
                guard let user = try LoginTokenStore(transaction).redeem(digest.bytes, at: now) else { return nil }
                return try AccountStore(transaction).account(user)
            }
            guard let account else { throw MatrixError.forbidden("Invalid login token.") }
            return account
        case .applicationService(let identifier):
            return try await account(identifier, ofServiceOf: caller)
        }
    }

    private func account(_ identifier: UserIdentifier, password: String) async throws -> Account {
        switch identifier {
        case .user(let text):
            // Counted by account besides by address, so that many addresses together guess no faster.
            let name = Username.candidates(for: text, server: accounts.serverName).last?.description ?? ""
            try limiter.admit(.login, key: "account \(name)")
            if let account = try await accounts.account(named: text, password: password) { return account }
        case .thirdParty(let medium, let address):
            try limiter.admit(.login, key: "contact \(address.lowercased())")
            if let owner = try await contacts.owner(medium: medium, address: address),
                let account = try await accounts.account(named: owner.description, password: password)
            {
                return account
            }
        case .phone:
            // "In the case that the homeserver does not know about the supplied 3PID, the homeserver must respond with 403 Forbidden."
            break
        }
        throw MatrixError.forbidden("Invalid username or password.")
    }

    /// An application service's user (client-server API, "Appservice Login").
    private func account(_ identifier: UserIdentifier, ofServiceOf caller: OptionalUserCaller) async throws -> Account {
        guard let id = caller.user?.applicationService,
            let service = accounts.configuration.applicationServices.first(where: { $0.id == id })
        else { throw MatrixError(401, .missingToken, "Only an application service's token can do this.") }
        guard case .user(let text) = identifier, let user = Username.candidates(for: text, server: accounts.serverName).first else {
            throw MatrixError.forbidden("The identifier names no local user.")
        }
        guard service.owns(user) else { throw MatrixError(403, .exclusive, "This user ID is outside of the service's namespaces.") }
        guard let account = try await accounts.account(user) else { throw MatrixError.forbidden("This user has not been registered.") }
        return account
    }

    private func loginToken(for caller: UserCaller, _ request: AuthenticatedRequest) async throws -> GetLoginToken.Response {
        try await owner.authenticate(caller, request.auth, for: "login_token") {
            let token = "mlt_" + accounts.environment.randomToken(bytes: 24)
            let digest = TokenDigest(token)
            let expires = accounts.environment.nowMilliseconds() + AccountLimits.loginTokenMilliseconds
            try await accounts.database.write { try LoginTokenStore($0).issue(digest.bytes, to: caller.user, expires: expires) }
            return GetLoginToken.Response(loginToken: token, expiresInMilliseconds: AccountLimits.loginTokenMilliseconds)
        }
    }
}

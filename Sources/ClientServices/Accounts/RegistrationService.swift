import Database
import MatrixAPI
import MatrixModel
import Storage

/// Makes accounts: people's, guests' and application services' (client-server API, "Account registration").
struct RegistrationService: Sendable {
    let accounts: AccountService
    let authentication: InteractiveAuthentication
    let bootstrap: AdminBootstrap
    let contacts: ContactService

    var routes: RouteTable {
        var table = RouteTable()
        table.on(Register.self) { caller, request in try await register(caller, request) }
        table.on(CheckUsernameAvailability.self) { _, request in
            try await checkFree(try Username(request.username, server: accounts.serverName).user)
            return CheckUsernameAvailability.Response()
        }
        table.on(CheckRegistrationToken.self) { _, request in
            guard !flows.isEmpty else { throw RegistrationService.disabled }
            return CheckRegistrationToken.Response(isValid: try await isValid(request.token))
        }
        return table
    }

    private func register(_ caller: OptionalUserCaller, _ request: Register.Request) async throws -> SessionResponse {
        switch request.kind {
        case .guest: return try await registerGuest(request)
        case .user: break
        }
        if request.type == "m.login.application_service" { return try await register(request, for: caller) }
        guard !flows.isEmpty else { throw RegistrationService.disabled }
        // "Homeservers MUST perform the relevant checks and return these codes before performing User-Interactive Authentication"
        let wanted = try request.username.map { text throws(MatrixError) in try Username(text, server: accounts.serverName).user }
        let guest = try await guest(upgradedBy: request, as: wanted)
        if let wanted, guest == nil { try await checkFree(wanted) }
        let session = try await authentication.authenticate(
            request.auth, for: AuthenticatedOperation(name: "register", user: nil), flows: flows, attempt: attempt)
        guard let password = request.password else { throw MatrixError.missingParam("password") }
        var account = NewAccount(user: try wanted ?? randomUser())
        account.passwordHash = try await accounts.hash(newPassword: password)
        account.upgradesGuest = guest != nil
        if let proof = session.emailProof { account.email = try await contacts.proven(by: proof, for: .registration) }
        let answer = try await create(account, request, registrationToken: session.registrationToken)
        authentication.finish(session)
        return answer
    }

    /// The ways to register now; none where nobody may.
    private var flows: [[AuthenticationStage]] {
        var flows: [[AuthenticationStage]] = []
        switch accounts.configuration.registration {
        case .open: flows += emailFlows(after: [])
        case .token: flows += emailFlows(after: [.registrationToken])
        case .closed: break
        }
        if bootstrap.isOpen, !flows.contains([.registrationToken]) { flows.append([.registrationToken]) }
        return flows
    }

    /// The flows that begin with some stages, with or without an e-mail address as the operator wants it.
    private func emailFlows(after stages: [AuthenticationStage]) -> [[AuthenticationStage]] {
        let plain = stages.isEmpty ? [.dummy] : stages
        guard contacts.isOffered else { return [plain] }
        switch accounts.configuration.registrationEmail {
        case .off: return [plain]
        case .optional: return [plain, stages + [.email]]
        case .required: return [stages + [.email]]
        }
    }

    private func attempt(_ stage: AuthenticationStage, _ auth: JSON) async throws -> UserID? {
        switch stage {
        case .dummy: break
        case .registrationToken:
            guard try await isValid(try auth.required("token")) else {
                throw MatrixError(401, .unauthorized, "The registration token is not valid.")
            }
        case .email: _ = try await contacts.proven(by: AuthenticationStage.emailProof(auth), for: .registration)
        case .password: throw MatrixError.forbidden("Registration takes no password stage.")
        }
        return nil
    }

    private func isValid(_ token: String) async throws -> Bool {
        if bootstrap.accepts(token) { return true }
        guard accounts.configuration.registration == .token else { return false }
        let now = accounts.environment.nowMilliseconds()
        return try await accounts.database.read { transaction in
            if let known = try RegistrationTokenStore(transaction).token(token) { return known.isValid(at: now) }
            return try accounts.admits(inviteCode: token, at: now, transaction)
        }
    }

    private func create(_ account: NewAccount, _ request: Register.Request, registrationToken: String?) async throws -> SessionResponse {
        var account = account
        guard let token = registrationToken, bootstrap.take(token) else {
            account.registrationToken = registrationToken
            return try await create(account, request)
        }
        account.isAdmin = true
        var succeeded = false
        defer { bootstrap.finish(succeeded: succeeded) }
        let answer = try await create(account, request)
        succeeded = true
        return answer
    }

    private func create(_ account: NewAccount, _ request: Register.Request) async throws -> SessionResponse {
        let session =
            request.inhibitsLogin
            ? nil
            : try accounts.session(
                of: account.user, deviceID: account.isGuest ? nil : request.deviceID, displayName: request.initialDeviceDisplayName,
                wantsRefreshToken: request.wantsRefreshToken && !account.isGuest)
        try await accounts.create(account, session: session)
        return SessionResponse(userID: account.user, session: session?.answer)
    }

    private func registerGuest(_ request: Register.Request) async throws -> SessionResponse {
        guard accounts.configuration.allowsGuests else {
            throw MatrixError(403, .guestAccessForbidden, "Guests are not allowed on this server.")
        }
        var account = NewAccount(user: try randomUser())
        account.isGuest = true
        // "When registering a guest account, all parameters in the request body with the exception of initial_device_display_name MUST BE
        // ignored by the server."
        let session = try accounts.session(
            of: account.user, deviceID: nil, displayName: request.initialDeviceDisplayName, wantsRefreshToken: false)
        try await accounts.create(account, session: session)
        return SessionResponse(userID: account.user, session: session.answer)
    }

    /// Registers a user of an application service (application-service API, "Server admin style permissions").
    private func register(_ request: Register.Request, for caller: OptionalUserCaller) async throws -> SessionResponse {
        guard let id = caller.user?.applicationService,
            let service = accounts.configuration.applicationServices.first(where: { $0.id == id })
        else { throw MatrixError(401, .missingToken, "Only an application service's token can do this.") }
        guard let username = request.username else { throw MatrixError.missingParam("username") }
        let user = try Username(username, server: accounts.serverName).user
        guard service.owns(user) else { throw MatrixError(400, .exclusive, "This user ID is outside of the service's namespaces.") }
        var account = NewAccount(user: user)
        account.applicationService = id
        return try await create(account, request)
    }

    /// The guest that a registration makes a full account of (client-server API, "Guest Access"); nil where it is about a new one.
    private func guest(upgradedBy request: Register.Request, as wanted: UserID?) async throws -> UserID? {
        guard let token = request.guestAccessToken else { return nil }
        let digest = TokenDigest(token)
        let session = try await accounts.database.read { try TokenStore($0).session(access: digest.bytes) }
        guard let session, session.standing.isGuest, session.user == wanted else {
            throw MatrixError.forbidden("The guest's access token does not belong to that user ID.")
        }
        return session.user
    }

    private func checkFree(_ user: UserID) async throws {
        guard !accounts.configuration.applicationServices.contains(where: { $0.ownsExclusively(user) }) else {
            throw MatrixError(400, .exclusive, "This user ID belongs to an application service.")
        }
        guard try await !accounts.database.read({ try AccountStore($0).exists(user) }) else { throw AccountService.userInUse }
    }

    private func randomUser() throws(MatrixError) -> UserID {
        try Username(accounts.environment.randomLetters(16), server: accounts.serverName).user
    }

    private static let disabled = MatrixError(403, .forbidden, "Registration is disabled on this server.")
}

import MatrixAPI
import MatrixModel
import Storage

/// Proves, for an operation on an account, that its owner wants it.
struct OwnerAuthentication: Sendable {
    let accounts: AccountService
    let authentication: InteractiveAuthentication
    let limiter: RateLimiter

    /// Runs `operation` after user-interactive authentication of the caller; application services need none.
    func authenticate<Value>(
        _ caller: UserCaller, _ auth: JSON?, for name: String, target: String = "", operation: () async throws -> Value
    ) async throws -> Value {
        if caller.applicationService != nil { return try await operation() }
        let session = try await authentication.authenticate(
            auth, for: AuthenticatedOperation(name: name, user: caller.user, target: target), flows: try await flows(for: caller)
        ) { stage, auth in
            switch stage {
            case .dummy: break
            case .password: try await checkPassword(of: caller.user, auth)
            case .registrationToken, .email: throw MatrixError.forbidden("This stage is for registration only.")
            }
            return nil
        }
        let value = try await operation()
        authentication.finish(session)
        return value
    }

    private func flows(for caller: UserCaller) async throws -> [[AuthenticationStage]] {
        // A guest has nothing to show but the access token.
        if caller.isGuest { return [[.dummy]] }
        guard try await accounts.account(caller.user)?.passwordHash != nil else {
            throw MatrixError.forbidden("This account has no password to confirm this with.")
        }
        return [[.password]]
    }

    private func checkPassword(of user: UserID, _ auth: JSON) async throws {
        let password: String = try auth.required("password")
        if let identifier = try UserIdentifier.read(from: auth) {
            guard case .user(let text) = identifier, Username.candidates(for: text, server: accounts.serverName).contains(user) else {
                throw MatrixError.forbidden("The identifier names another account.")
            }
        }
        try limiter.admit(.login, key: "account \(user)")
        guard try await accounts.verify(password, of: user) else { throw MatrixError.forbidden("Invalid password.") }
    }
}

import MatrixAPI
import MatrixModel
import Storage

/// Finds out whose account somebody may speak for who is not logged in: it has them show the password, or answer a message to the account's address.
struct StrangerAuthentication: Sendable {
    let accounts: AccountService
    let authentication: InteractiveAuthentication
    let contacts: ContactService
    let limiter: RateLimiter

    /// Gives the account's user once a flow is complete; until then throws the 401 that asks for more.
    func authenticate(
        _ auth: JSON?, for name: String, acceptsEmail: Bool = false
    ) async throws -> (user: UserID, session: InteractiveAuthentication.Session) {
        let flows: [[AuthenticationStage]] = acceptsEmail && contacts.isOffered ? [[.email], [.password]] : [[.password]]
        let session = try await authentication.authenticate(
            auth, for: AuthenticatedOperation(name: name, user: nil), flows: flows
        ) { stage, auth in
            switch stage {
            case .email: try await userOfAddress(auth)
            case .password: try await userOfPassword(auth)
            case .dummy, .registrationToken: throw MatrixError.forbidden("This stage shows no account.")
            }
        }
        guard let user = session.provenUser else { throw MatrixError(401, .missingToken, "Missing access token.") }
        return (user, session)
    }

    private func userOfAddress(_ auth: JSON) async throws -> UserID {
        let proven = try await contacts.proven(by: AuthenticationStage.emailProof(auth), for: .password)
        guard let user = try await contacts.owner(medium: proven.medium, address: proven.address) else {
            throw MatrixError(400, .threepidNotFound, "No account has this address.")
        }
        return user
    }

    private func userOfPassword(_ auth: JSON) async throws -> UserID {
        let password: String = try auth.required("password")
        let name: String
        switch try UserIdentifier.read(from: auth) {
        case .user(let text): name = text
        case .thirdParty(let medium, let address):
            guard let owner = try await contacts.owner(medium: medium, address: address) else { throw StrangerAuthentication.refusal }
            name = owner.description
        case .phone: throw StrangerAuthentication.refusal
        case nil: throw MatrixError.missingParam("identifier")
        }
        let key = Username.candidates(for: name, server: accounts.serverName).last?.description ?? ""
        try limiter.admit(.login, key: "account \(key)")
        guard let account = try await accounts.account(named: name, password: password), !account.standing.isDeactivated,
            !account.standing.isLocked
        else { throw StrangerAuthentication.refusal }
        return account.user
    }

    private static let refusal = MatrixError.forbidden("Invalid username or password.")
}

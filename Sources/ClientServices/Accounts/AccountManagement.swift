import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// What a person may do with their account (client-server API, "Account management").
struct AccountManagement: Sendable {
    let accounts: AccountService
    let owner: OwnerAuthentication
    let memberships: OwnMemberships
    let erasures: Erasures
    let contacts: ContactService
    let authentication: InteractiveAuthentication

    var routes: RouteTable {
        var table = RouteTable()
        table.on(ChangePassword.self) { caller, request in
            guard let caller = caller.user else { return try await resetPassword(request) }
            return try await owner.authenticate(caller, request.auth, for: "password") {
                guard let password = request.newPassword else { throw MatrixError.missingParam("new_password") }
                try await accounts.setPassword(password, of: caller.user, endsSessions: request.logsOutDevices, except: caller.device)
                return EmptyResponse()
            }
        }
        table.on(DeactivateAccount.self) { caller, request in
            guard let caller = caller.user else {
                let (user, session) = try await stranger.authenticate(request.auth, for: "deactivate")
                try await deactivate(user, erases: request.erases)
                authentication.finish(session)
                return DeactivateAccount.Response()
            }
            return try await owner.authenticate(caller, request.auth, for: "deactivate") {
                try await deactivate(caller.user, erases: request.erases)
                return DeactivateAccount.Response()
            }
        }
        return table
    }

    /// Sets the password of whoever shows the old one, or proves that the account's e-mail address is theirs.
    private func resetPassword(_ request: ChangePassword.Request) async throws -> EmptyResponse {
        let (user, session) = try await stranger.authenticate(request.auth, for: "password reset", acceptsEmail: true)
        guard let password = request.newPassword else { throw MatrixError.missingParam("new_password") }
        try await accounts.setPassword(password, of: user, endsSessions: request.logsOutDevices, except: nil)
        if let proof = session.emailProof {
            try await accounts.database.write { try ContactValidationStore($0).remove(session: proof.session) }
        }
        authentication.finish(session)
        return EmptyResponse()
    }

    private var stranger: StrangerAuthentication {
        StrangerAuthentication(accounts: accounts, authentication: authentication, contacts: contacts, limiter: owner.limiter)
    }

    private func deactivate(_ user: UserID, erases: Bool) async throws {
        let now = accounts.environment.nowMilliseconds()
        try await accounts.deleteAllDevices(of: user) { transaction in
            try AccountStore(transaction).deactivate(user, erase: erases, at: now)
            try SigningKeyStore(transaction).removeAll(of: user)
            try KeyBackupStore(transaction, user: user).removeAll()
            try PresenceStore(transaction).remove(user)
            try ContactStore(transaction).removeAll(of: user)
            try InviteLinkStore(transaction).removeAll(by: user)
            try MembershipErrandStore(transaction).add(.depart, of: user)
            if erases { try ErasureStore(transaction).add(user, at: try Positions.head(transaction)) }
        }
        accounts.authenticator.forget(user)
        if erases, let position = try await accounts.database.read({ try ErasureStore($0).erasures()[user] }) {
            erasures.note(user, at: position)
        }
        do { try await memberships.attend(to: user) } catch is CancellationError {
            // The rooms are left beside the server's work.
        }
    }
}

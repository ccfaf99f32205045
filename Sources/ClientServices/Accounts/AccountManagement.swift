import Database
import MatrixAPI
import MatrixModel
import Storage

/// What a person may do with their account (client-server API, "Account management").
struct AccountManagement: Sendable {
    let accounts: AccountService
    let owner: OwnerAuthentication
    let memberships: OwnMemberships

    var routes: RouteTable {
        var table = RouteTable()
        table.on(ChangePassword.self) { caller, request in
            let caller = try loggedIn(caller)
            return try await owner.authenticate(caller, request.auth, for: "password") {
                guard let password = request.newPassword else { throw MatrixError.missingParam("new_password") }
                try await accounts.setPassword(password, of: caller.user, endsSessions: request.logsOutDevices, except: caller.device)
                return EmptyResponse()
            }
        }
        table.on(DeactivateAccount.self) { caller, request in
            let caller = try loggedIn(caller)
            return try await owner.authenticate(caller, request.auth, for: "deactivate") {
                try await deactivate(caller.user, erases: request.erases)
                return DeactivateAccount.Response()
            }
        }
        table.on(GetThirdPartyIdentifiers.self) { _, _ in JSONResponse(["threepids": []]) }
        return table
    }

    /// Without e-mail there is no other way to prove ownership than a session.
    private func loggedIn(_ caller: OptionalUserCaller) throws(MatrixError) -> UserCaller {
        guard let user = caller.user else { throw MatrixError(401, .missingToken, "Missing access token.") }
        return user
    }

    private func deactivate(_ user: UserID, erases: Bool) async throws {
        let now = accounts.environment.nowMilliseconds()
        try await accounts.deleteAllDevices(of: user) { transaction in
            try AccountStore(transaction).deactivate(user, erase: erases, at: now)
            try SigningKeyStore(transaction).removeAll(of: user)
            try KeyBackupStore(transaction, user: user).removeAll()
        }
        accounts.authenticator.forget(user)
        await memberships.leaveAll(user)
    }
}

import Database
import MatrixAPI
import MatrixModel
import Storage

/// Keeps, refreshes and ends sessions.
struct SessionService: Sendable {
    let accounts: AccountService

    var routes: RouteTable {
        var table = RouteTable()
        table.on(WhoAmI.self) { caller, _ in WhoAmI.Response(user: caller.user, device: caller.device, isGuest: caller.isGuest) }
        table.on(RefreshAccessToken.self) { _, request in try await refresh(request) }
        table.on(Logout.self) { caller, _ in
            // A service's token is not a session of its own: there is nothing to end.
            guard let device = caller.device, caller.applicationService == nil else { return EmptyResponse() }
            try await accounts.deleteDevices([device], of: caller.user)
            accounts.authenticator.forget(caller.user, device: device)
            return EmptyResponse()
        }
        table.on(LogoutAll.self) { caller, _ in
            try await accounts.deleteAllDevices(of: caller.user)
            accounts.authenticator.forget(caller.user)
            return EmptyResponse()
        }
        table.on(RequestOpenIDToken.self) { caller, request in try await openIDToken(caller, request) }
        return table
    }

    private func refresh(_ request: RefreshAccessToken.Request) async throws -> RefreshAccessToken.Response {
        let old = TokenDigest(request.refreshToken)
        let accessToken = NewSession.accessToken(accounts.environment)
        let refreshToken = NewSession.refreshToken(accounts.environment)
        let lifetime = accounts.configuration.refreshableTokenMilliseconds
        let now = accounts.environment.nowMilliseconds()
        let isKnown = try await accounts.database.write { transaction in
            try TokenStore(transaction).exchange(
                refresh: old.bytes, forAccess: TokenDigest(accessToken).bytes, expires: now + lifetime,
                newRefresh: TokenDigest(refreshToken).bytes, at: now) != nil
        }
        guard isKnown else { throw MatrixError(401, .unknownToken, "The refresh token is unknown or was used.", extra: ["soft_logout": false]) }
        return RefreshAccessToken.Response(accessToken: accessToken, refreshToken: refreshToken, expiresInMilliseconds: lifetime)
    }

    private func openIDToken(_ caller: UserCaller, _ request: RequestOpenIDToken.Request) async throws -> RequestOpenIDToken.Response {
        guard request.user == caller.user else { throw MatrixError.forbidden("Only for one's own user ID.") }
        let token = accounts.environment.randomToken(bytes: 24)
        let digest = TokenDigest(token)
        let now = accounts.environment.nowMilliseconds()
        try await accounts.database.write { transaction in
            try OpenIDTokenStore(transaction).issue(digest.bytes, to: caller.user, expires: now + AccountLimits.openIDTokenSeconds * 1000)
        }
        return RequestOpenIDToken.Response(
            accessToken: token, serverName: accounts.serverName, expiresInSeconds: AccountLimits.openIDTokenSeconds)
    }
}

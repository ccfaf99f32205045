import Database
import MatrixAPI
import MatrixModel
import Storage

/// Suspends and locks accounts, and tells where they are used (client-server API, "Server Administration").
struct ModerationService: Sendable {
    let accounts: AccountService

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetSuspension.self) { caller, request in
            JSONResponse(["suspended": .bool(try await standing(of: request.user, for: caller.user.user).isSuspended)])
        }
        table.on(SetSuspension.self) { caller, request in
            try await change(request.user, by: caller.user.user) { try $0.setSuspended(request.isSuspended, of: request.user) }
            return JSONResponse(["suspended": .bool(request.isSuspended)])
        }
        table.on(GetLock.self) { caller, request in
            JSONResponse(["locked": .bool(try await standing(of: request.user, for: caller.user.user).isLocked)])
        }
        table.on(SetLock.self) { caller, request in
            try await change(request.user, by: caller.user.user) { try $0.setLocked(request.isLocked, of: request.user) }
            return JSONResponse(["locked": .bool(request.isLocked)])
        }
        table.on(GetWhoIs.self) { caller, request in
            guard caller.isAdmin || caller.user == request.user else { throw MatrixError.forbidden("Only administrators may ask about others.") }
            return JSONResponse(try await devices(of: request.user))
        }
        return table
    }

    private func standing(of user: UserID, for admin: UserID) async throws -> AccountStanding {
        let serverName = accounts.serverName
        return try await accounts.database.read { try standing(of: user, for: admin, serverName, $0) }
    }

    private func change(_ user: UserID, by admin: UserID, _ body: @escaping @Sendable (AccountStore) throws -> Void) async throws {
        guard user != admin else { throw MatrixError.forbidden("You cannot do this to your own account.") }
        let serverName = accounts.serverName
        try await accounts.database.write { transaction in
            _ = try standing(of: user, for: admin, serverName, transaction)
            try body(AccountStore(transaction))
        }
        accounts.authenticator.forget(user)
    }

    private func standing(
        of user: UserID, for admin: UserID, _ serverName: ServerName, _ transaction: Transaction
    ) throws -> AccountStanding {
        guard user.server == serverName else { throw MatrixError.invalidParam("The user is not of this server.") }
        guard let standing = try AccountStore(transaction).account(user)?.standing, !standing.isDeactivated else {
            throw MatrixError.notFound("There is no such user.")
        }
        guard !standing.isAdmin || user == admin else { throw MatrixError.forbidden("The user is an administrator.") }
        return standing
    }

    private func devices(of user: UserID) async throws -> JSONValue {
        guard user.server == accounts.serverName else { throw MatrixError.invalidParam("The user is not of this server.") }
        let devices = try await accounts.database.read { transaction in
            try AccountStore(transaction).exists(user) ? try DeviceStore(transaction).devices(of: user) : nil
        }
        guard let devices else { throw MatrixError.notFound("There is no such user.") }
        var members: [String: JSONValue] = [:]
        for device in devices {
            var connection: JSONValue = [:]
            connection["ip"] = device.lastSeenAddress.map(JSONValue.string)
            connection["last_seen"] = device.lastSeen.map(JSONValue.integer)
            connection["user_agent"] = device.lastSeenAgent.map(JSONValue.string)
            members[device.id] = ["sessions": [["connections": connection == [:] ? [] : [connection]]]]
        }
        return ["user_id": .string(user.description), "devices": .object(members)]
    }
}

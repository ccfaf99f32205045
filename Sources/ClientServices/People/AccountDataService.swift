import MatrixAPI
import MatrixModel

/// Account data, global and per room (client-server API, "Client Config").
struct AccountDataService: Sendable {
    let data: PersonalData

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetAccountData.self) { caller, request in try await content(request.type, room: nil, user: request.user, caller) }
        table.on(GetRoomAccountData.self) { caller, request in
            try await content(request.type, room: request.roomID, user: request.user, caller)
        }
        table.on(SetAccountData.self) { caller, request in
            try check(request.type, user: request.user, caller)
            try ImagePackCheck.admit(accountData: request.content, of: request.type)
            try await data.set(request.type, to: request.content, user: caller.user)
            return EmptyResponse()
        }
        table.on(SetRoomAccountData.self) { caller, request in
            try check(request.type, user: request.user, caller)
            try await data.set(request.type, to: request.content, room: request.roomID, user: caller.user)
            return EmptyResponse()
        }
        return table
    }

    private func content(_ type: String, room: RoomID?, user: UserID, _ caller: UserCaller) async throws -> FragmentResponse {
        guard user == caller.user else { throw MatrixError.forbidden("Another user's account data cannot be read.") }
        let stored = try await data.content(type, room: room, user: user)
        if type == PushRuleService.accountDataType, room == nil {
            return FragmentResponse(.value(PushRuleset(stored: stored?.value, user: user).content))
        }
        guard let stored else { throw MatrixError.notFound("There is no account data of this type.") }
        return FragmentResponse(.encoded(Array(stored.rawBytes)))
    }

    private func check(_ type: String, user: UserID, _ caller: UserCaller) throws(MatrixError) {
        guard user == caller.user else { throw .forbidden("Another user's account data cannot be set.") }
        // "Servers MUST reject setting account data for event types that the server manages by using a 405 error response."
        guard type != "m.fully_read", type != PushRuleService.accountDataType else {
            throw MatrixError(405, .badJSON, "Cannot set \(type) through this API.")
        }
        guard (1...AccountLimits.accountDataTypeBytes).contains(type.utf8.count) else {
            throw .invalidParam("A type has 1 to \(AccountLimits.accountDataTypeBytes) bytes.")
        }
    }
}

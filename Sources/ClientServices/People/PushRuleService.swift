import MatrixAPI
import MatrixModel

/// Push rules, kept as `m.push_rules` account data once a person changes them (client-server API, "Push Rules: API").
struct PushRuleService: Sendable {
    static let accountDataType = "m.push_rules"

    let data: PersonalData

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetPushRules.self) { caller, _ in JSONResponse(try await ruleset(of: caller.user).content) }
        table.on(GetGlobalPushRules.self) { caller, _ in JSONResponse(try await ruleset(of: caller.user).global) }
        table.on(GetPushRule.self) { caller, request in JSONResponse(try await rule(caller, request)) }
        table.on(GetPushRuleEnabled.self) { caller, request in
            JSONResponse(["enabled": try await rule(caller, request)["enabled"] ?? true])
        }
        table.on(GetPushRuleActions.self) { caller, request in
            JSONResponse(["actions": try await rule(caller, request)["actions"] ?? []])
        }
        table.on(SetPushRule.self) { caller, request in try await change(caller) { ruleset throws in try ruleset.set(request) } }
        table.on(DeletePushRule.self) { caller, request in
            try await change(caller) { ruleset throws in try ruleset.remove(request.kind, request.ruleID) }
        }
        table.on(SetPushRuleEnabled.self) { caller, request in
            try await change(caller) { ruleset throws in try ruleset.setEnabled(request.isEnabled, of: request.kind, request.ruleID) }
        }
        table.on(SetPushRuleActions.self) { caller, request in
            try await change(caller) { ruleset throws in try ruleset.setActions(request.actions, of: request.kind, request.ruleID) }
        }
        return table
    }

    private func ruleset(of user: UserID) async throws -> PushRuleset {
        PushRuleset(stored: try await data.content(PushRuleService.accountDataType, user: user)?.value, user: user)
    }

    private func rule(_ caller: UserCaller, _ request: PushRuleRequest) async throws -> JSONValue {
        try await ruleset(of: caller.user).rule(request.kind, request.ruleID)
    }

    private func change(
        _ caller: UserCaller, _ transform: @escaping @Sendable (inout PushRuleset) throws -> Void
    ) async throws -> EmptyResponse {
        let user = caller.user
        try await data.change(PushRuleService.accountDataType, user: user) { stored in
            var ruleset = PushRuleset(stored: stored?.value, user: user)
            try transform(&ruleset)
            return JSON(ruleset.content)
        }
        return EmptyResponse()
    }
}

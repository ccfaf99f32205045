public import MatrixAPI
public import MatrixModel

/// All push rules of one user: the server's defaults with what the user has changed of them, and the user's own (client-server API, "Push Rules").
public struct PushRuleset: Sendable {
    private var rules: [PushRuleKind: [JSONValue]] = [:]

    /// The rules of a user; `stored` is the content of their `m.push_rules` account data, nil where nothing was ever changed.
    ///
    /// Rules of one's own come before defaults, except for `.m.rule.master`, "always a higher priority than other rules". Of a stored default
    /// rule only what a user can change counts, so that a default of a later specification takes effect.
    public init(stored: JSONValue?, user: UserID) {
        for kind in PushRuleKind.allCases {
            let known = stored?["global"]?[kind.rawValue]?.array ?? []
            let own = known.filter { $0["default"]?.bool != true }
            let defaults = DefaultPushRules.rules(kind, for: user).map { rule in
                guard let changed = known.first(where: { $0["rule_id"] == rule["rule_id"] && $0["default"]?.bool == true }) else { return rule }
                var merged = rule
                merged["enabled"] = changed["enabled"] ?? rule["enabled"]
                merged["actions"] = changed["actions"] ?? rule["actions"]
                return merged
            }
            let isMaster = { (rule: JSONValue) in rule["rule_id"]?.string == DefaultPushRules.masterRuleID }
            rules[kind] = defaults.filter(isMaster) + own + defaults.filter { !isMaster($0) }
        }
    }

    /// The content of `m.push_rules`: `{"global": {kind: [rule, …], …}}`.
    public var content: JSONValue { ["global": global] }

    /// The one ruleset.
    public var global: JSONValue {
        .object(Dictionary(uniqueKeysWithValues: PushRuleKind.allCases.map { ($0.rawValue, .array(self[$0])) }))
    }

    /// The rules of a kind, the most important one first.
    public subscript(kind: PushRuleKind) -> [JSONValue] { rules[kind] ?? [] }

    /// One rule; throws 404 `M_NOT_FOUND`.
    public func rule(_ kind: PushRuleKind, _ id: String) throws(MatrixError) -> JSONValue {
        self[kind][try place(kind, id)]
    }

    /// Turns a rule on or off; throws 404 `M_NOT_FOUND`.
    mutating func setEnabled(_ isEnabled: Bool, of kind: PushRuleKind, _ id: String) throws(MatrixError) {
        let place = try place(kind, id)
        rules[kind]?[place]["enabled"] = .bool(isEnabled)
    }

    /// Changes what a rule does; throws 404 `M_NOT_FOUND`, or 400 for a malformed action.
    mutating func setActions(_ actions: [JSONValue], of kind: PushRuleKind, _ id: String) throws(MatrixError) {
        let place = try place(kind, id)
        rules[kind]?[place]["actions"] = .array(try PushRuleset.checkedActions(actions))
    }

    /// Removes a rule of the user's own; throws 404 `M_NOT_FOUND`, or 400 for a default rule.
    mutating func remove(_ kind: PushRuleKind, _ id: String) throws(MatrixError) {
        let place = try place(kind, id)
        guard self[kind][place]["default"]?.bool != true else { throw .invalidParam("A server-default rule cannot be removed.") }
        rules[kind]?.remove(at: place)
    }

    /// Adds a rule of the user's own, or changes it.
    mutating func set(_ request: SetPushRule.Request) throws(MatrixError) {
        let id = request.ruleID
        // "If the string starts with a dot ("."), the request MUST be rejected as this is reserved for server-default rules."
        guard !id.isEmpty, !id.hasPrefix("."), !id.contains("/"), !id.contains("\\") else {
            throw .invalidParam("A rule ID must not be empty, begin with '.' or have slashes.")
        }
        var rule: JSONValue = ["rule_id": .string(id), "default": false]
        rule["actions"] = .array(try PushRuleset.checkedActions(request.actions))
        switch request.kind {
        case .override, .underride:
            let conditions = request.conditions ?? []
            guard conditions.allSatisfy({ $0["kind"]?.string != nil }) else { throw .invalidParam("Each condition needs a 'kind'.") }
            rule["conditions"] = .array(conditions)
        case .content:
            guard let pattern = request.pattern else { throw .missingParam("pattern") }
            rule["pattern"] = .string(pattern)
        case .room, .sender: break
        }
        var list = self[request.kind]
        let old = list.firstIndex { $0["rule_id"]?.string == id }
        // "When creating push rules, they MUST be enabled by default."
        rule["enabled"] = old.flatMap { list[$0]["enabled"] } ?? true
        guard old != nil || ownRuleCount < AccountLimits.pushRules else { throw .invalidParam("Too many push rules.") }
        if let old { list.remove(at: old) }
        list.insert(rule, at: try place(for: request, in: list, old: old))
        rules[request.kind] = list
    }

    /// Where a new or changed rule goes, in the list without it.
    private func place(for request: SetPushRule.Request, in list: [JSONValue], old: Int?) throws(MatrixError) -> Int {
        // With both, the rule must come right before `before`; `after` then says nothing more.
        if let before = request.before { return try neighbour(before, in: list) }
        if let after = request.after { return try neighbour(after, in: list) + 1 }
        if let old { return old }
        return list.first?["rule_id"]?.string == DefaultPushRules.masterRuleID ? 1 : 0
    }

    private func neighbour(_ id: String, in list: [JSONValue]) throws(MatrixError) -> Int {
        // "It is not possible to add a rule relative to a predefined server rule."
        guard let place = list.firstIndex(where: { $0["rule_id"]?.string == id && $0["default"]?.bool != true }) else {
            throw MatrixError(400, .unknown, "before/after rule not found: \(id)")
        }
        return place
    }

    private func place(_ kind: PushRuleKind, _ id: String) throws(MatrixError) -> Int {
        guard let place = self[kind].firstIndex(where: { $0["rule_id"]?.string == id }) else {
            throw .notFound("The push rule was not found.")
        }
        return place
    }

    private var ownRuleCount: Int {
        PushRuleKind.allCases.reduce(0) { $0 + self[$1].count { $0["default"]?.bool != true } }
    }

    /// The actions without the historical ones, which "MUST" be ignored.
    private static func checkedActions(_ actions: [JSONValue]) throws(MatrixError) -> [JSONValue] {
        var checked: [JSONValue] = []
        for action in actions {
            switch action {
            case .string("dont_notify"), .string("coalesce"): continue
            case .string: break
            case .object(let members) where members["set_tweak"]?.string != nil: break
            case .object, .array, .integer, .float, .bool, .null: throw .invalidParam("An action must be a string or a tweak.")
            }
            checked.append(action)
        }
        return checked
    }
}

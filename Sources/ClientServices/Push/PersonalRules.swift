import MatrixModel
import Storage

/// What decides for one person which events notify.
final class PersonalRules: Sendable {
    /// The positions of what it was read from; another stamp means other rules.
    let stamp: Int64
    /// The person's push rules; nil where they are the server's defaults.
    let evaluator: PushEvaluator?
    /// Users whose events do not notify.
    let ignored: Set<UserID>
    /// The same as they are written in the account data.
    let ignoredNames: Set<String>

    init(stamp: Int64, evaluator: PushEvaluator?, ignoredNames: Set<String>) {
        self.stamp = stamp
        self.evaluator = evaluator
        self.ignoredNames = ignoredNames
        ignored = Set(ignoredNames.compactMap { UserID($0) })
    }

    /// Reads the rules of a person, or finds them in memory.
    static func read(_ reader: RoomReader, _ board: UnreadBoard) throws -> PersonalRules {
        let user = reader.user
        let positions = try UnreadQueries(reader.transaction).rulePositions(user: user)
        // Both only grow, so that no other pair has the same sum and a later one has a larger.
        let stamp = positions.pushRules + positions.ignoredUsers
        if let known = board.rules(of: user), known.stamp == stamp { return known }
        let data = AccountDataStore(reader.transaction)
        var evaluator: PushEvaluator?
        if positions.pushRules > 0, let stored = try data.content("m.push_rules", user: user)?.value {
            let ruleset = PushRuleset(stored: stored, user: user)
            if ruleset.content != PushRuleset(stored: nil, user: user).content { evaluator = PushEvaluator(ruleset, owner: user) }
        }
        let list = positions.ignoredUsers > 0 ? try data.content("m.ignored_user_list", user: user)?["ignored_users"] : nil
        let names = Set((list?.members).map { $0.map(\.key) } ?? [])
        let rules = PersonalRules(stamp: stamp, evaluator: evaluator, ignoredNames: names)
        board.keep(rules, of: user)
        return rules
    }
}

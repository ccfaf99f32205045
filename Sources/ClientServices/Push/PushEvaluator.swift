import MatrixAPI
import MatrixModel
import RoomGraph

/// One person's push rules, compiled: tells for each event what is to be done. Pure, and made once for many events.
struct PushEvaluator: Sendable {
    let owner: UserID
    private let rules: [Rule]

    /// One enabled rule.
    private struct Rule: Sendable {
        let conditions: [PushCondition]
        let outcome: PushOutcome
    }

    /// Takes the rules that are on, in the order in which they are checked: by kind, and within a kind as they stand.
    init(_ ruleset: PushRuleset, owner: UserID) {
        self.owner = owner
        rules = PushRuleKind.allCases.flatMap { kind in
            ruleset[kind].compactMap { rule in PushEvaluator.compile(rule, kind, owner) }
        }
    }

    private static func compile(_ rule: JSONValue, _ kind: PushRuleKind, _ owner: UserID) -> Rule? {
        guard rule["enabled"]?.bool ?? true, let id = rule["rule_id"]?.string else { return nil }
        let conditions: [PushCondition] =
            switch kind {
            case .override, .underride: (rule["conditions"]?.array ?? []).map { PushCondition($0, owner: owner) }
            case .content: [rule["pattern"]?.string.map { .hasWords(TextPattern($0)) } ?? .never]
            case .room: [RoomID(id).map { .isRoom($0) } ?? .never]
            case .sender: [UserID(id).map { .isSender($0) } ?? .never]
            }
        let sorted = conditions.sorted { $0.cost < $1.cost }
        if case .never? = sorted.first { return nil }
        return Rule(conditions: sorted, outcome: PushOutcome(ruleID: id, actions: rule["actions"]?.array ?? []))
    }

    /// What the first rule that matches wants; nil where none does, and for events of the owner's own.
    ///
    /// `context` is asked where a rule comes to a condition on the room, and told what of it is needed. `mentionsOwner` may be told where it is known.
    func outcome(of event: Event, mentionsOwner: Bool? = nil, context: (PushNeed) throws -> PushContext) rethrows -> PushOutcome? {
        guard event.sender != owner else { return nil }
        var look = Look(event: event, owner: owner, mentionsOwner: mentionsOwner)
        for rule in rules {
            var holds = true
            for condition in rule.conditions where try !look.holds(condition, context) {
                holds = false
                break
            }
            if holds { return rule.outcome }
        }
        return nil
    }

    /// Whether an event mentions a user by `m.mentions`.
    static func mentions(_ user: UserID, in event: Event) -> Bool {
        guard let users = event.content["m.mentions"]?["user_ids"], users.isArray else { return false }
        return users.elements.contains { $0.equals(user.description) }
    }

    /// One event as conditions look at it, with what was looked up once.
    private struct Look {
        let event: Event
        let owner: UserID
        var mentionsOwner: Bool?
        var body: LowerText??

        mutating func holds(_ condition: PushCondition, _ room: (PushNeed) throws -> PushContext) rethrows -> Bool {
            switch condition {
            case .never: return false
            case .matches(let path, let pattern): return path.text(in: event).map(pattern.matches) ?? false
            case .hasWords(let pattern): return words().map(pattern.matchesWords) ?? false
            case .isValue(let path, let value):
                if let json = path.json(in: event) { return value.equals(json) }
                return path.text(in: event).map { value.equals($0) } ?? false
            case .contains(let path, let value):
                guard let list = path.json(in: event), list.isArray else { return false }
                return list.elements.contains { value.equals($0) }
            case .mentionsOwner:
                if let mentionsOwner { return mentionsOwner }
                let found = PushEvaluator.mentions(owner, in: event)
                mentionsOwner = found
                return found
            case .isRoom(let room): return event.roomID == room
            case .isSender(let sender): return event.sender == sender
            case .memberCount(let comparison, let count): return comparison.holds(try room(.memberCount).memberCount, count)
            case .senderMayNotify(let key):
                guard let levels = try room(.powerLevels).powerLevels else { return false }
                return levels.level(of: event.sender) >= levels.notification(key)
            case .containsDisplayName:
                guard let words = words(), let name = try room(.displayName).displayName, !name.isEmpty else { return false }
                return TextPattern(name, isLiteral: true).matchesWords(of: words)
            }
        }

        private mutating func words() -> LowerText? {
            if let body { return body }
            let text = event.content["body"]?.string.map { LowerText($0) }
            body = .some(text)
            return text
        }
    }
}

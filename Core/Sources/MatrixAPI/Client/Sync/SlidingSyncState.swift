public import MatrixModel

/// Which state of a room a client wants (MSC4186, "RequiredStateRequest"), whichever of the two forms it was asked in.
public struct RequiredState: Hashable, Sendable {
    /// A type and a state key, each nil where anything matches.
    public struct Pattern: Hashable, Comparable, Sendable {
        public let type: String?
        public let key: String?

        public init(_ type: String?, _ key: String?) {
            self.type = type
            self.key = key
        }

        func matches(_ slot: StateKey) -> Bool {
            // As a slot, whose equality is by bytes.
            slot == StateKey(type ?? slot.type, key ?? slot.key)
        }

        /// What `$ME` is, where the key is that.
        fileprivate func resolved(for user: UserID) -> Pattern { Pattern(type, key == RequiredState.me ? user.description : key) }

        private var slot: StateKey { StateKey(type ?? "", key ?? "") }

        public static func == (left: Pattern, right: Pattern) -> Bool {
            left.slot == right.slot && (left.type == nil) == (right.type == nil) && (left.key == nil) == (right.key == nil)
        }
        public func hash(into hasher: inout Hasher) { hasher.combine(slot) }

        /// An order of all patterns, those that match more first.
        public static func < (left: Pattern, right: Pattern) -> Bool {
            if left.slot != right.slot { return left.slot < right.slot }
            if (left.type == nil) != (right.type == nil) { return left.type == nil }
            return left.key == nil && right.key != nil
        }
    }

    public var include: [Pattern]
    public var exclude: [Pattern]
    /// Whether members are sent as the timeline has need of them.
    public var loadsMembersLazily: Bool

    public static let nothing = RequiredState(include: [], exclude: [], loadsMembersLazily: false)

    public init(include: [Pattern], exclude: [Pattern] = [], loadsMembersLazily: Bool = false) {
        self.include = include
        self.exclude = exclude
        self.loadsMembersLazily = loadsMembersLazily
    }

    /// The stand-ins of the unstable form.
    private static let wildcard = "*"
    private static let lazy = "$LAZY"
    fileprivate static let me = "$ME"
    static let memberType = "m.room.member"

    init(_ json: JSON?) throws(MatrixError) {
        guard let json, !json.isNull else {
            self = .nothing
            return
        }
        if json.isArray { try self.init(pairs: json) } else { try self.init(object: json) }
        guard include.count + exclude.count <= SlidingLimits.statePatterns else {
            throw .invalidParam("'required_state' has more than \(SlidingLimits.statePatterns) entries.")
        }
    }

    /// The unstable form: a list of pairs, with `*`, `$LAZY` and `$ME`.
    private init(pairs: JSON) throws(MatrixError) {
        self = .nothing
        for pair in pairs.elements {
            guard pair.isArray, pair.count == 2, let type = pair[0]?.string, let key = pair[1]?.string else {
                throw .badJSON("'required_state' must be a list of pairs of texts, or an object.")
            }
            if key == RequiredState.lazy {
                guard type == RequiredState.memberType else { throw .invalidParam("'$LAZY' is for m.room.member alone.") }
                loadsMembersLazily = true
            } else {
                include.append(Pattern(type == RequiredState.wildcard ? nil : type, key == RequiredState.wildcard ? nil : key))
            }
        }
    }

    /// The final form: an object of what to include and exclude.
    private init(object: JSON) throws(MatrixError) {
        guard object.isObject else { throw .badJSON("'required_state' must be a list of pairs of texts, or an object.") }
        include = try RequiredState.patterns("include", object)
        exclude = try RequiredState.patterns("exclude", object)
        loadsMembersLazily = try object.optional("lazy_members") ?? false
    }

    private static func patterns(_ name: String, _ object: JSON) throws(MatrixError) -> [Pattern] {
        guard let list = object[name], !list.isNull else { return [] }
        guard list.isArray else { throw .badJSON("'\(name)' must be an array.") }
        var patterns: [Pattern] = []
        for element in list.elements {
            guard element.isObject else { throw .badJSON("'\(name)' must have objects alone.") }
            patterns.append(Pattern(try element.optional("type"), try element.optional("state_key")))
        }
        return patterns
    }

    /// The same with `$ME` as the person, without repetitions and in one order.
    public func resolved(for user: UserID) -> RequiredState {
        func resolve(_ patterns: [Pattern]) -> [Pattern] {
            var seen: Set<Pattern> = []
            return patterns.map { $0.resolved(for: user) }.filter { seen.insert($0).inserted }.sorted()
        }
        return RequiredState(include: resolve(include), exclude: resolve(exclude), loadsMembersLazily: loadsMembersLazily)
    }

    /// Whether the slot is wanted, members that lazy loading brings aside.
    public func matches(_ slot: StateKey) -> Bool {
        guard include.contains(where: { isWanted($0, slot) }) else { return false }
        return !exclude.contains { $0.matches(slot) }
    }

    /// With lazy loading, what matches every type does not mean members.
    private func isWanted(_ pattern: Pattern, _ slot: StateKey) -> Bool {
        guard pattern.matches(slot) else { return false }
        return !(loadsMembersLazily && slot.type == RequiredState.memberType && pattern.type == nil && pattern.key == nil)
    }

    /// Whether all members are wanted.
    public var includesAllMembers: Bool {
        include.contains { pattern in
            pattern.key == nil && (pattern.type == RequiredState.memberType || pattern.type == nil && !loadsMembersLazily)
        }
    }
}

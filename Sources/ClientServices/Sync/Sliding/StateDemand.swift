import MatrixAPI
import MatrixModel

/// The state that all lists and subscriptions of a room want together (MSC4186, "Combining room configs").
struct StateDemand: Hashable, Sendable {
    /// What each of them wants, in one order and without repetitions.
    let parts: [RequiredState]
    /// "the combined config has `lazy_members` set to true if and only if a) any of the configs have `lazy_members` set to true AND b) there
    /// are no configs that return all membership events".
    let loadsMembersLazily: Bool
    let includesAllMembers: Bool

    static let nothing = StateDemand([])

    init(_ parts: some Sequence<RequiredState>) {
        var seen: Set<RequiredState> = []
        self.parts = parts.filter { seen.insert($0).inserted }
        includesAllMembers = self.parts.contains { $0.includesAllMembers }
        loadsMembersLazily = !includesAllMembers && self.parts.contains { $0.loadsMembersLazily }
    }

    func union(_ other: StateDemand) -> StateDemand {
        self == other ? self : StateDemand(parts + other.parts)
    }

    /// Whether the slot is wanted, members that lazy loading brings aside.
    func matches(_ slot: StateKey) -> Bool { parts.contains { $0.matches(slot) } }

    /// Whether nothing is wanted that the other does not want too; may be false where it is so in effect.
    func isCovered(by other: StateDemand) -> Bool { self == other || parts.allSatisfy(other.parts.contains) }

    /// Whether every slot that is wanted is named in full, members that lazy loading brings aside.
    var namedSlots: [StateKey]? {
        var slots: [StateKey] = []
        for pattern in parts.flatMap(\.include) {
            guard let type = pattern.type, let key = pattern.key else { return nil }
            slots.append(StateKey(type, key))
        }
        return slots
    }

    /// The types that are wanted, where no pattern matches every type.
    var namedTypes: Set<String>? {
        var types: Set<String> = []
        for pattern in parts.flatMap(\.include) {
            guard let type = pattern.type else { return nil }
            types.insert(type)
        }
        return types
    }

    // MARK: As it is stored

    /// The demand as bytes.
    func encoded() -> [UInt8] {
        func patterns(_ list: [RequiredState.Pattern]) -> JSONValue {
            .array(list.map { .array([$0.type.map(JSONValue.string) ?? .null, $0.key.map(JSONValue.string) ?? .null]) })
        }
        return JSONValue.array(parts.map { .array([patterns($0.include), patterns($0.exclude), .bool($0.loadsMembersLazily)]) }).bytes()
    }

    /// Nil where the bytes are none of a demand.
    init?(encoded bytes: [UInt8]) {
        guard let list = try? JSON.parse(bytes), list.isArray else { return nil }
        func patterns(_ list: JSON?) -> [RequiredState.Pattern] {
            list?.elements.map { RequiredState.Pattern($0[0]?.string, $0[1]?.string) } ?? []
        }
        self.init(
            list.elements.map {
                RequiredState(include: patterns($0[0]), exclude: patterns($0[1]), loadsMembersLazily: $0[2]?.bool ?? false)
            })
    }
}

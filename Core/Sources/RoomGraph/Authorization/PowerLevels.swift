public import MatrixModel

/// Who may do what in a room, with the defaults for all that no event says.
public struct PowerLevels: Sendable {
    /// Above every level that an event can give: creators, in the room versions that put them there.
    public static let infinite = Int.max

    private let content: JSON?
    private let creators: RoomCreators?
    private let rules: RoomVersionRules

    /// The levels of a state; the create event is given where the state does not hold it.
    public init(state: some StateLookup, rules: RoomVersionRules, createEvent: Event? = nil) {
        self.init(event: state.event(at: .powerLevels), createEvent: createEvent ?? state.event(at: .create), rules: rules)
    }

    /// The levels that a power levels event gives, or the ones of a room without.
    public init(event: Event?, createEvent: Event?, rules: RoomVersionRules) {
        content = event?.content
        creators = createEvent.map { RoomCreators(of: $0) }
        self.rules = rules
    }

    /// A user's level.
    public func level(of user: UserID) -> Int { level(of: user.description) }

    /// The level of the user of that name.
    public func level(of user: String) -> Int {
        if rules.creatorsHaveInfinitePower, let creators, creators.contains(user) { return Self.infinite }
        guard let content else {
            // "If the room contains no m.room.power_levels event, the room's creator has a power level of 100."
            return creators.map { $0.creator.hasSameBytes(as: user) } == true ? 100 : 0
        }
        return content["users"]?[user].flatMap { PowerLevelValue.parse($0, rules) } ?? usersDefault
    }

    /// The level that an event of this type takes to send, membership events aside.
    public func required(for type: String, isState: Bool) -> Int {
        content?["events"]?[type].flatMap { PowerLevelValue.parse($0, rules) } ?? (isState ? stateDefault : eventsDefault)
    }

    /// The level that a notification such as `room` takes.
    public func notification(_ key: String) -> Int {
        content?["notifications"]?[key].flatMap { PowerLevelValue.parse($0, rules) } ?? 50
    }

    public var usersDefault: Int { named("users_default") ?? 0 }
    public var eventsDefault: Int { named("events_default") ?? 0 }
    public var stateDefault: Int { named("state_default") ?? 50 }
    public var ban: Int { named("ban") ?? 50 }
    public var kick: Int { named("kick") ?? 50 }
    public var redact: Int { named("redact") ?? 50 }
    public var invite: Int { named("invite") ?? 0 }

    private func named(_ key: String) -> Int? { content?[key].flatMap { PowerLevelValue.parse($0, rules) } }
}

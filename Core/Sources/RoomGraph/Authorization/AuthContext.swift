import MatrixModel

/// One event before one state, as the rules see them.
struct AuthContext<State: StateLookup> {
    let event: Event
    let state: State
    let create: Event
    let levels: PowerLevels

    init(event: Event, state: State, create: Event) {
        self.event = event
        self.state = state
        self.create = create
        levels = PowerLevels(event: state.event(at: .powerLevels), createEvent: create, rules: event.rules)
    }

    var rules: RoomVersionRules { event.rules }
    var senderLevel: Int { levels.level(of: event.sender) }

    /// A user's membership, or nil where the state has none for them.
    func membership(of user: String) -> Membership? { state.event(at: StateKey("m.room.member", user))?.membership }

    /// The join rule; a room without one admits by invitation.
    var joinRule: String {
        guard let rule = state.event(at: .joinRules)?.content["join_rule"] else { return "invite" }
        return rule.string ?? ""
    }

    /// The rules on the room as a whole.
    func checkRoom() throws(AuthRejection) {
        if rules.roomIDIsCreateHash {
            guard AuthRules.isRoom(event.roomID, of: create) else { throw .roomIDNotOfCreateEvent }
        } else {
            guard create.roomID == event.roomID else { throw .authEventOfOtherRoom(create.id) }
        }
        if create.content["m.federate"]?.bool == false, event.sender.server != create.sender.server { throw .notFederated }
    }

    /// The rules on events of any type but membership.
    func checkRequiredPower() throws(AuthRejection) {
        let required = levels.required(for: event.type, isState: event.stateKey != nil)
        let actual = senderLevel
        guard actual >= required else { throw .insufficientPower(required: required, actual: actual) }
        if let stateKey = event.stateKey, stateKey.utf8.first == UInt8(ascii: "@") {
            guard stateKey.hasSameBytes(as: event.sender.description) else { throw .stateKeyOfOtherUser }
        }
    }

    func authorizeThirdPartyInviteEvent() throws(AuthRejection) {
        let actual = senderLevel
        guard actual >= levels.invite else { throw .insufficientPowerForThirdPartyInvite(required: levels.invite, actual: actual) }
    }

    /// Room versions 1 and 2.
    func authorizeRedaction() throws(AuthRejection) {
        let actual = senderLevel
        if actual >= levels.redact { return }
        if let target = event.redacts?.server, target == event.id.server { return }
        throw .insufficientPowerToRedact(required: levels.redact, actual: actual)
    }
}

import Database
import HashTreeCollections
public import MatrixModel
public import RoomGraph
import Storage

extension RoomServer {
    /// An invitation of another server's user as this server signs it, with the state that it is described by; not yet in the room.
    ///
    /// The invited user's server signs it as well before `acceptMembership` takes it in. Throws 403 with the rule that refuses it, 404.
    public func invitation(
        of user: UserID, by sender: UserID, to room: RoomID, content: JSONValue
    ) async throws -> (event: Event, stateSlots: [StateKey: Event]) {
        try await self.room(room).invitation(of: user, by: sender, content: content)
    }
}

extension Room {
    /// What an invited person is shown of the room.
    private static let shownSlots: [StateKey] = [
        .create, .name, .avatar, .topic, .joinRules, .canonicalAlias, .encryption,
    ]

    func invitation(of user: UserID, by sender: UserID, content: JSONValue) async throws -> (event: Event, stateSlots: [StateKey: Event]) {
        let context = try await participating()
        let view = JSON(content)
        let keys = AuthEvents.keys(for: "m.room.member", sender: sender, stateKey: user.description, content: view, rules: context.rules)
        let wanted = keys + [.create, .powerLevels, .member(user), .member(sender)] + Room.shownSlots
        let state = StateEvents(try await events(at: wanted, in: context.current))
        let auth = keys.compactMap { state.event(at: $0) }
        var draft = EventDraft(
            roomID: id, type: "m.room.member", stateKey: user.description, sender: sender, content: view,
            originServerTS: dependencies.environment.nowMilliseconds(), depth: context.nextDepth, prevEvents: context.namedExtremities.map(\.id),
            authEvents: auth.map(\.id))
        try await complete(&draft, context, auth: auth)
        let event = try draft.signedForSending(by: dependencies, rules: context.rules)
        do { try AuthRules.authorize(event, state: state) } catch { throw MatrixError.forbidden("\(error)") }
        var shown: [StateKey: Event] = [:]
        for key in Room.shownSlots + [.member(sender)] { shown[key] = state.event(at: key) }
        return (event, shown)
    }
}

extension RoomServer {
    /// The leave event of a user whose invite or knock no other server can be told of; nil where there is neither. It is for this server alone.
    public func departure(of user: UserID, from room: RoomID, content: JSONValue) async throws -> VerifiedEvent? {
        let stored = try await database.read { transaction -> StoredEvent? in
            guard let row = try RoomStore(transaction).room(room),
                let membership = try MembershipStore(transaction).membership(of: user, room: row.number)
            else { return nil }
            return try EventStore(transaction).event(number: membership.event)
        }
        guard let last = stored?.event, last.membership == .invite || last.membership == .knock else { return nil }
        var members = content
        members["membership"] = "leave"
        var draft = EventDraft(
            roomID: room, type: "m.room.member", stateKey: user.description, sender: user, content: JSON(members),
            originServerTS: environment.nowMilliseconds(), depth: last.depth + 1, prevEvents: [last.id], authEvents: [last.id])
        if last.rules.eventIDFormat == .given { draft.eventID = EventID("$\(environment.randomLetters(24)):\(serverName)") }
        if last.rules.referencesCarryHashes { draft.referenceHashes[last.id] = ReferenceHash.compute(last) }
        return .trusted(try draft.signed(by: serverName, with: dependencies.signingKey, rules: last.rules))
    }
}

public import MatrixModel
public import RoomGraph
public import Storage

extension RoomServer {
    /// Judges events of one room in order, fetching what they refer to from `server`; gives each one's outcome in the order given.
    public func receive(
        _ events: [VerifiedEvent], in room: RoomID, from server: ServerName
    ) async -> [Result<ReceiveOutcome, any Error>] {
        await self.room(room).receive(events, from: server)
    }

    /// Judges one event.
    public func receive(_ event: VerifiedEvent, from server: ServerName) async throws -> ReceiveOutcome {
        let outcomes = await receive([event], in: event.event.roomID, from: server)
        guard let outcome = outcomes.first else { throw MatrixError.internalError() }
        return try outcome.get()
    }

    /// The event that a user of another server is to sign (`make_join`, `make_leave`, `make_knock`), and the room's rules.
    ///
    /// `authorisedVia` is the local user in whose name a restricted join is let in. Throws 403 with the rule that refuses it, 404.
    public func membershipTemplate(
        room: RoomID, user: UserID, membership: Membership, authorisedVia: UserID? = nil
    ) async throws -> (event: JSONValue, rules: RoomVersionRules) {
        try await self.room(room).template(user: user, membership: membership, authorisedVia: authorisedVia)
    }

    /// Takes in a membership made from a template and passes it on to the room's other servers. Throws 403, 404.
    public func acceptMembership(_ event: VerifiedEvent, from server: ServerName) async throws -> AcceptedMembership {
        try await room(event.event.roomID).acceptMembership(event, from: server)
    }

    /// Enters a room by a join that another server accepted: the state before the join with its auth chain.
    public func importJoin(
        rules: RoomVersionRules, join: VerifiedEvent, state: [VerifiedEvent], authChain: [VerifiedEvent]
    ) async throws -> Position {
        let room = room(join.event.roomID)
        return try await room.importJoin(
            rules: rules, join: join.event, state: state.map(\.event), authChain: authChain.map(\.event))
    }

    /// Keeps a local user's membership in a room that this server is not in: an invite or knock with stripped state, or its end.
    public func recordOutOfBand(_ event: VerifiedEvent, strippedState: [JSONValue], rules: RoomVersionRules) async throws {
        try await room(event.event.roomID).recordOutOfBand(event.event, strippedState: strippedState, rules: rules)
    }
}

extension RoomServer {
    /// Fetches history from other servers into the newest gap of a room's timeline between two places (`TimelineOrder`).
    ///
    /// False where there is no gap, or nobody has what is missing.
    public func fillGap(in room: RoomID, after low: Int64, before high: Int64) async throws -> Bool {
        try await self.room(room).fillGap(after: low, before: high)
    }
}

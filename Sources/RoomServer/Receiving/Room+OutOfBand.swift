import Database
import MatrixModel
import RoomGraph
import Storage

extension Room {
    /// Keeps a membership of a local user in a room that this server is not in: an invite or knock with its stripped state, or its end.
    func recordOutOfBand(_ event: Event, strippedState: [JSONValue], rules: RoomVersionRules) async throws {
        guard let user = event.stateKey.flatMap({ UserID($0) }), let membership = event.membership else {
            throw MatrixError.badJSON("The event is no membership.")
        }
        let roomID = id
        let version = rules.version
        _ = try await dependencies.database.write { try RoomStore($0).make(roomID, version: version) }
        try await dependencies.slots.intern([.member(user)])
        let stripped = strippedState.isEmpty ? nil : JSONValue.array(strippedState).bytes()
        _ = try await settle(
            try await deciding { room in try await room.record(event, user: user, membership: membership, stripped: stripped) })
    }

    private func record(
        _ event: Event, user: UserID, membership: Membership, stripped: [UInt8]?
    ) async throws -> Submission {
        guard var context = try await loaded() else { throw ReceiveError.notInRoom }
        guard !context.isParticipating else { throw MatrixError.internalError("This server is in the room.") }
        var commit = RoomCommit(room: context.number, expectedRevision: context.revision, current: context.currentReference)
        let known = try await dependencies.database.read { try EventStore($0).find(event.id) }
        let number = known?.number ?? dependencies.eventNumbers.next()
        let slot = dependencies.slots.known(.member(user))
        if known == nil {
            commit.events.append(
                NewStoredEvent(
                    number: number, event: event, slot: slot, flags: [.outlier, .outOfBand], before: nil, after: nil, place: .none, outbox: nil))
        }
        commit.memberships = [
            MembershipChange(user: user, membership: membership, sender: event.sender, event: number, stripped: stripped)
        ]
        // A stay that ended elsewhere leaves the local members; an invite never made one.
        context.localMembers.remove(user)
        return try submit(commit, next: context, further: [user])
    }
}

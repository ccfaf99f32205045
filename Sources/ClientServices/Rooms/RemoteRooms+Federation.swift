public import Federation
import MatrixAPI
import MatrixModel
import RoomGraph
public import RoomServer

extension RemoteRooms {
    /// Other servers, reached by federation.
    public init(membership: RemoteMembership, queries: RemoteQueries, sender: FederationSender, rooms: RoomServer) {
        self.init(
            changeMembership: { room, user, change, via, content in
                try await MembershipThroughOthers(membership: membership, rooms: rooms).change(room, user, change, via, content)
            },
            invite: { room, invitingUser, invitee, content in
                let (event, state) = try await rooms.invitation(of: invitee, by: invitingUser, to: room, content: content)
                do {
                    let signed = try await membership.invite(event, roomState: RemoteRooms.described(state))
                    _ = try await rooms.acceptMembership(.trusted(signed), from: rooms.serverName)
                } catch let error as FederationError {
                    throw error.matrixError
                }
            },
            resolve: { alias in
                do {
                    guard let found = try await queries.resolve(alias) else { throw MatrixError.notFound("The alias \(alias) does not exist.") }
                    return found
                } catch let error as FederationError {
                    // A server that cannot be asked knows of no alias, as far as a client is concerned.
                    throw MatrixError.notFound("The alias \(alias) cannot be resolved: \(error)")
                }
            },
            publicRooms: { server, query in
                do { return try await queries.publicRooms(of: server, query).value } catch let error as FederationError { throw error.matrixError }
            },
            send: { message, destinations in sender.send(message, to: destinations) })
    }

    /// The state that goes along with an invitation: the create event whole, so that the room's identifier can be checked, the rest stripped.
    private static func described(_ state: [StateKey: Event]) -> [JSONValue] {
        state.keys.sorted().compactMap { key in
            guard let event = state[key] else { return nil }
            return key == .create ? event.json.value : StrippedState.strip(event)
        }
    }
}

/// Memberships in rooms that only other servers can decide about.
private struct MembershipThroughOthers {
    let membership: RemoteMembership
    let rooms: RoomServer

    func change(_ room: RoomID, _ user: UserID, _ change: Membership, _ via: [ServerName], _ content: JSONValue) async throws {
        do {
            switch change {
            case .join:
                let join = try await membership.join(user, room: room, via: via, content: content)
                _ = try await rooms.importJoin(rules: join.rules, join: join.event, state: join.state, authChain: join.authChain)
            case .knock:
                let knock = try await membership.knock(user, room: room, via: via, content: content)
                try await rooms.recordOutOfBand(knock.event, strippedState: knock.strippedState, rules: knock.event.event.rules)
            case .leave: try await leave(room, user, via, content)
            case .invite, .ban: throw MatrixError.internalError()
            }
        } catch let error as FederationError {
            throw error.matrixError
        }
    }

    /// Where no server can be told, the user leaves all the same: an invite must not stay because its server is gone.
    private func leave(_ room: RoomID, _ user: UserID, _ via: [ServerName], _ content: JSONValue) async throws {
        let event: VerifiedEvent
        do {
            event = try await membership.leave(user, room: room, via: via, content: content)
        } catch {
            guard let local = try await rooms.departure(of: user, from: room, content: content) else { throw error }
            event = local
        }
        try await rooms.recordOutOfBand(event, strippedState: [], rules: event.event.rules)
    }
}

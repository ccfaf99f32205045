public import Federation
import MatrixAPI
import MatrixModel
import RoomGraph
public import RoomServer

extension RemoteRooms {
    /// Other servers, reached by federation.
    public init(membership: RemoteMembership, queries: RemoteQueries, sender: FederationSender, rooms: RoomServer) {
        let changes = RemoteRoomChanges(remote: membership, rooms: rooms)
        self.init(
            changeMembership: { room, user, change, via, content in
                do {
                    try await changes.change(change, of: user, in: room, via: via, content: content)
                } catch let error as MatrixError where change == .leave && error.status != 403 {
                    // An invite must not stay because its server is gone: where no server can be told, the user leaves all the same.
                    guard let event = try await rooms.departure(of: user, from: room, content: content) else { throw error }
                    try await rooms.recordOutOfBand(event, strippedState: [], rules: event.event.rules)
                }
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

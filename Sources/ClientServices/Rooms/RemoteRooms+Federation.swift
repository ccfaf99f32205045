public import Federation
import MatrixAPI
import MatrixModel
import RoomGraph
public import RoomServer

extension RemoteRooms {
    /// The same with invites by address, through identity servers.
    public func reaching(_ identity: ThirdPartyIdentityServer) -> RemoteRooms {
        var ports = self
        ports.reachesIdentityServers = true
        ports.inviteThirdParty = { invitation in
            let query = ThirdPartyIdentityServer.Query(
                server: invitation.identityServer, accessToken: invitation.accessToken, medium: invitation.medium, address: invitation.address)
            if let user = try await identity.owner(query) { return .known(user) }
            let kept = try await identity.store(query, details: invitation.details)
            return .kept(token: kept.token, content: kept.content)
        }
        return ports
    }

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
                try await changes.invite(invitee, to: room, by: invitingUser, content: content)
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
        hierarchy = { room, via, isSuggestedOnly in try await queries.hierarchy(of: room, suggestedOnly: isSuggestedOnly, via: via) }
        eventByTimestamp = { room, query, server in try await queries.event(near: query, in: room, of: server) }
    }
}

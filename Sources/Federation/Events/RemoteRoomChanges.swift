public import MatrixModel
import RoomGraph
public import RoomServer

/// Changes of membership that need another server, carried through to this server's own rooms.
public struct RemoteRoomChanges: Sendable {
    private let remote: RemoteMembership
    private let rooms: RoomServer

    public init(remote: RemoteMembership, rooms: RoomServer) {
        self.remote = remote
        self.rooms = rooms
    }

    /// Joins, knocks or leaves through one of the servers; answers when the change is durable here. `content`: members beside `membership`.
    /// Throws the other server's refusal as it came, 502 where none answers.
    public func change(_ membership: Membership, of user: UserID, in room: RoomID, via servers: [ServerName], content: JSONValue) async throws {
        do {
            switch membership {
            case .join:
                let join = try await remote.join(user, room: room, via: servers, content: content)
                _ = try await rooms.importJoin(rules: join.rules, join: join.event, state: join.state, authChain: join.authChain)
            case .knock:
                let (event, strippedState) = try await remote.knock(user, room: room, via: servers, content: content)
                try await rooms.recordOutOfBand(event, strippedState: strippedState, rules: event.event.rules)
            case .leave: try await leave(user, room, via: servers, content: content)
            case .invite, .ban: throw MatrixError.internalError("A user cannot \(membership.rawValue) themselves.")
            }
        } catch let error as FederationError {
            throw error.matrixError
        }
    }

    private func leave(_ user: UserID, _ room: RoomID, via servers: [ServerName], content: JSONValue) async throws {
        let event = try await remote.leave(user, room: room, via: servers, content: content)
        try await rooms.recordOutOfBand(event, strippedState: [], rules: event.event.rules)
    }

    /// Invites a user of another server: the invite enters the room once that server has signed it. `content`: members beside `membership`.
    /// Throws the other server's refusal as it came, 502 where it does not answer.
    public func invite(_ invitee: UserID, to room: RoomID, by sender: UserID, content: JSONValue) async throws {
        var content = content
        content["membership"] = "invite"
        let (event, state) = try await rooms.invitation(of: invitee, by: sender, to: room, content: content)
        let description = state.keys.sorted().compactMap { state[$0]?.json.value }
        let signed: Event
        do { signed = try await remote.invite(event, roomState: description) } catch { throw error.matrixError }
        _ = try await rooms.acceptMembership(.trusted(signed), from: rooms.serverName)
    }
}

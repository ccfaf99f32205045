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

    /// Invites a user of another server: the room takes the invite first, then the user's server gets it with a description of the room.
    /// Where that server refuses it, the invite is taken back.
    public func invite(_ invitee: UserID, to room: RoomID, by sender: UserID, content: JSONValue) async throws {
        var content = content
        content["membership"] = "invite"
        let invite = NewEvent(type: "m.room.member", stateKey: invitee.description, sender: sender, content: content)
        guard let event = try await rooms.append(invite, to: room).event else { return }
        do {
            _ = try await remote.invite(event, roomState: try await RoomDescription(rooms: rooms).events(of: room))
        } catch {
            let retraction = NewEvent(type: "m.room.member", stateKey: invitee.description, sender: sender, content: ["membership": "leave"])
            _ = try? await rooms.append(retraction, to: room)
            throw (error as? FederationError)?.matrixError ?? error
        }
    }
}

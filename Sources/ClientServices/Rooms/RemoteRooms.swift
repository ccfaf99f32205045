public import Federation
public import MatrixAPI
public import MatrixModel

/// What rooms ask of other servers; the wiring fills it in with Federation, and leaves it `unreachable` where federation is off.
public struct RemoteRooms: Sendable {
    /// Joins, knocks or leaves through one of the servers. `content` has what the member event gets besides `membership`.
    public var changeMembership:
        @Sendable (_ room: RoomID, _ user: UserID, _ membership: Membership, _ via: [ServerName], _ content: JSONValue) async throws -> Void
    /// Invites a user of another server, whose signature the event needs.
    public var invite: @Sendable (_ room: RoomID, _ sender: UserID, _ invitee: UserID, _ content: JSONValue) async throws -> Void
    /// Resolves an alias of another server.
    public var resolve: @Sendable (_ alias: RoomAlias) async throws -> (room: RoomID, servers: [ServerName])
    /// A page of another server's directory.
    public var publicRooms: @Sendable (_ server: ServerName, _ query: PeerPublicRoomsQuery) async throws -> JSONValue
    /// What the first of the servers that knows tells of a room and its children, as it stands in its answer; nil where none knows the room.
    public var hierarchy: @Sendable (_ room: RoomID, _ via: [ServerName], _ isSuggestedOnly: Bool) async throws -> JSON? = { _, _, _ in nil }
    /// The event that another server in the room holds to be nearest to a moment; nil where it has none.
    public var eventByTimestamp: @Sendable (_ room: RoomID, _ query: TimestampQuery, _ server: ServerName) async throws -> TimestampedEvent? = {
        _, _, _ in nil
    }
    /// Sends an ephemeral message to servers; it may be lost.
    public var send: @Sendable (_ message: OutboundMessage, _ destinations: [ServerName]) -> Void

    /// Whether identity servers can be asked.
    public var reachesIdentityServers = false
    /// Finds who owns an address, or has an identity server keep the invite.
    public var inviteThirdParty: @Sendable (_ invitation: ThirdPartyInvitation) async throws -> ThirdPartyInvitation.Outcome = { _ in
        throw RemoteRooms.noIdentityServers
    }

    /// "The client's request used a third-party server, e.g. identity server, that this server does not trust."
    static let noIdentityServers = MatrixError(403, ErrorCode(rawValue: "M_SERVER_NOT_TRUSTED"), "This server asks no identity servers.")

    public init(
        changeMembership: @escaping @Sendable (RoomID, UserID, Membership, [ServerName], JSONValue) async throws -> Void,
        invite: @escaping @Sendable (RoomID, UserID, UserID, JSONValue) async throws -> Void,
        resolve: @escaping @Sendable (RoomAlias) async throws -> (room: RoomID, servers: [ServerName]),
        publicRooms: @escaping @Sendable (ServerName, PeerPublicRoomsQuery) async throws -> JSONValue,
        send: @escaping @Sendable (OutboundMessage, [ServerName]) -> Void
    ) {
        self.changeMembership = changeMembership
        self.invite = invite
        self.resolve = resolve
        self.publicRooms = publicRooms
        self.send = send
    }

    /// No other server can be reached.
    public static let unreachable: RemoteRooms = {
        let refusal = MatrixError.notFound("No other server can be reached from here.")
        return RemoteRooms(
            changeMembership: { _, _, _, _, _ in throw refusal }, invite: { _, _, _, _ in throw refusal }, resolve: { _ in throw refusal },
            publicRooms: { _, _ in throw refusal }, send: { _, _ in })
    }()
}

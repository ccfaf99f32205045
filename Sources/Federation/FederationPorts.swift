public import MatrixAPI
public import MatrixModel

/// What other servers may ask that rooms alone do not answer; the wiring fills it in.
public struct FederationPorts: Sendable {
    /// A page of this server's public rooms.
    public var publicRooms: @Sendable (PeerPublicRoomsQuery) async throws -> JSONValue
    /// Whose OpenID token it is; nil where it is unknown or expired.
    public var openIDUser: @Sendable (_ token: String) async throws -> UserID?
    /// The body of `GET …/user/devices/{userId}`.
    public var userDevices: @Sendable (UserID) async throws -> JSONValue
    /// The body of `POST …/user/keys/query`.
    public var queryKeys: @Sendable (_ body: JSON) async throws -> JSONValue
    /// The body of `POST …/user/keys/claim`.
    public var claimKeys: @Sendable (_ body: JSON) async throws -> JSONValue
    /// Throws 403 where a user of this server takes no invites of that sender.
    public var admitsInvite: @Sendable (_ invited: UserID, _ sender: UserID) async throws -> Void

    /// The body of `GET …/hierarchy/{roomId}`; throws 404 where the server may not know the room.
    public var hierarchy: @Sendable (_ room: RoomID, _ isSuggestedOnly: Bool, _ server: ServerName) async throws -> JSONValue
    /// The event of a room that is nearest to a moment; throws 403, 404.
    public var eventByTimestamp: @Sendable (_ room: RoomID, _ query: TimestampQuery, _ server: ServerName) async throws -> TimestampedEvent

    /// Makes an invite of a third-party invite; throws 403 where it does not hold.
    public var exchangeThirdPartyInvite: @Sendable (ExchangeThirdPartyInvite.Request, _ origin: ServerName) async throws -> Void = { _, _ in
        throw MatrixError.forbidden("This server exchanges no third-party invites.")
    }
    /// Takes invites that waited for a user's address.
    public var bindThirdParty: @Sendable (BindThirdPartyIdentifier.Request) async throws -> Void = { _ in }

    /// What is not given is answered as by a server whose users have nothing.
    public init(
        publicRooms: @escaping @Sendable (PeerPublicRoomsQuery) async throws -> JSONValue = { _ in
            ["chunk": [], "total_room_count_estimate": 0]
        },
        openIDUser: @escaping @Sendable (String) async throws -> UserID? = { _ in nil },
        userDevices: @escaping @Sendable (UserID) async throws -> JSONValue = { user in
            ["user_id": .string(user.description), "stream_id": 0, "devices": []]
        },
        queryKeys: @escaping @Sendable (JSON) async throws -> JSONValue = { _ in ["device_keys": [:]] },
        claimKeys: @escaping @Sendable (JSON) async throws -> JSONValue = { _ in ["one_time_keys": [:]] },
        admitsInvite: @escaping @Sendable (UserID, UserID) async throws -> Void = { _, _ in },
        hierarchy: @escaping @Sendable (RoomID, Bool, ServerName) async throws -> JSONValue = { _, _, _ in
            throw MatrixError.notFound("The room is not known here.")
        },
        eventByTimestamp: @escaping @Sendable (RoomID, TimestampQuery, ServerName) async throws -> TimestampedEvent = { _, _, _ in
            throw MatrixError.notFound("There is no such event here.")
        }
    ) {
        self.publicRooms = publicRooms
        self.openIDUser = openIDUser
        self.userDevices = userDevices
        self.queryKeys = queryKeys
        self.claimKeys = claimKeys
        self.admitsInvite = admitsInvite
        self.hierarchy = hierarchy
        self.eventByTimestamp = eventByTimestamp
    }
}

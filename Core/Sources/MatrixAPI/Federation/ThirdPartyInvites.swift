public import MatrixModel

/// Makes an invite of a third-party invite whose identifier the user proved to own (server-server API, "Third-party invites").
public enum ExchangeThirdPartyInvite: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = EmptyResponse
    public static let route = Route.federation(.put, "/_matrix/federation/v1/exchange_third_party_invite/{roomId}")

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        /// The user who made the third-party invite.
        public let sender: UserID
        /// The user who is invited.
        public let invitee: UserID
        /// What the identity server signed.
        public let signed: JSON

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            let body = try input.bodyObject()
            guard try body.required("type", as: String.self) == "m.room.member" else { throw .invalidParam("'type' must be m.room.member.") }
            guard try body.required("room_id", as: RoomID.self) == roomID else { throw .invalidParam("'room_id' names another room.") }
            sender = try body.required("sender")
            invitee = try body.required("state_key")
            let content: JSON = try body.required("content")
            guard content["membership"]?.string == "invite" else { throw .invalidParam("'membership' must be invite.") }
            guard let signed = content["third_party_invite"]?["signed"], signed.isObject else { throw .missingParam("signed") }
            self.signed = signed
        }
    }
}

/// `BindThirdPartyIdentifier` by the method that identity servers use.
public enum PostThirdPartyIdentifier: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = BindThirdPartyIdentifier.Request
    public typealias Response = EmptyResponse
    public static let route = Route.federation(.post, "/_matrix/federation/v1/3pid/onbind")
}

/// Takes an identity server's word that one of this server's users owns an identifier, with the invites that wait for it.
public enum BindThirdPartyIdentifier: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Response = EmptyResponse
    public static let route = Route.federation(.put, "/_matrix/federation/v1/3pid/onbind")

    public struct Request: EndpointRequest {
        public let user: UserID
        public let invites: [Invite]

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            user = try body.required("mxid")
            invites = try body.required("invites")
        }
    }

    /// An invite that waited.
    public struct Invite: FieldDecodable {
        public let roomID: RoomID
        public let sender: UserID
        public let signed: JSON

        public init?(field: JSON) {
            guard let room = field["room_id"]?.string.flatMap({ RoomID($0) }), let sender = field["sender"]?.string.flatMap({ UserID($0) }),
                let signed = field["signed"], signed.isObject
            else { return nil }
            roomID = room
            self.sender = sender
            self.signed = signed
        }
    }
}

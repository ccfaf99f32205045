public import MatrixModel

/// Makes a link that lets people into a room. Not part of the specification.
public enum CreateInviteLink: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = InviteLinkResponse
    public static let route = Route(.post, "/_martlet/client/v1/rooms/{roomId}/invites", limit: .invite, maximumBodyBytes: 8192)

    /// How long the link lasts.
    public enum Lifetime: Hashable, Sendable {
        /// As long as links do of which nothing else is said.
        case standard
        case unlimited
        case milliseconds(Int)
    }

    public struct Request: EndpointRequest {
        public let roomID: RoomID
        public let lifetime: Lifetime
        /// How many people it lets in; nil for any number.
        public let maximumUses: Int?
        /// What its creator calls it.
        public let label: String?
        /// The address by which the client reached the server.
        public let origin: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            roomID = try input.path("roomId")
            let body = try input.optionalBodyObject()
            if let milliseconds: Int = try body.optional("expires_in_ms") {
                lifetime = .milliseconds(milliseconds)
            } else {
                lifetime = body["expires_in_ms"] == nil ? .standard : .unlimited
            }
            maximumUses = try body.optional("max_uses")
            label = try body.optional("label")
            origin = input.origin
        }
    }
}

/// An invite link as its creator and the room's moderators see it.
public struct InviteLinkResponse: EndpointResponse {
    public let code: String
    /// The link itself.
    public let url: String
    public let creator: UserID
    /// Milliseconds since 1970.
    public let created: Int
    /// Milliseconds since 1970; nil for never.
    public let expires: Int?
    public let uses: Int
    public let maximumUses: Int?
    public let label: String?

    public init(
        code: String, url: String, creator: UserID, created: Int, expires: Int?, uses: Int, maximumUses: Int?, label: String?
    ) {
        self.code = code
        self.url = url
        self.creator = creator
        self.created = created
        self.expires = expires
        self.uses = uses
        self.maximumUses = maximumUses
        self.label = label
    }

    var value: JSONValue {
        var value: JSONValue = [
            "code": .string(code), "url": .string(url), "created_by": .string(creator.description), "created_at": .integer(created),
            "uses": .integer(uses),
        ]
        if let expires { value["expires_at"] = .integer(expires) }
        if let maximumUses { value["max_uses"] = .integer(maximumUses) }
        if let label { value["label"] = .string(label) }
        return value
    }

    public var payload: Payload { .json(value) }
}

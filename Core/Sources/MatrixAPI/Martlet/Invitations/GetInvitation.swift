public import MatrixModel

/// Tells what an invite link leads to, to whoever has it. Not part of the specification.
public enum GetInvitation: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = InviteCodeRequest
    public static let route = Route(.get, "/_martlet/client/v1/invites/{code}", limit: .read)

    public struct Response: EndpointResponse {
        public let code: String
        public let roomID: RoomID
        /// Such as `m.space`; nil for a plain room.
        public let roomType: String?
        public let name: String?
        public let topic: String?
        public let hasAvatar: Bool
        public let memberCount: Int
        /// How many members are there; nil where that is not known.
        public let onlineCount: Int?
        public let inviter: UserID
        public let inviterName: String?
        /// The names of the first channels of a community.
        public let channels: [String]
        /// The community's own words to new members.
        public let welcome: String?
        public let rules: [String]
        /// Milliseconds since 1970; nil for never.
        public let expires: Int?
        /// Who may register on this server, and whether the holder of this link may.
        public let registrationMode: String
        public let allowsRegistration: Bool

        public init(
            code: String, roomID: RoomID, roomType: String?, name: String?, topic: String?, hasAvatar: Bool, memberCount: Int, onlineCount: Int?,
            inviter: UserID, inviterName: String?, channels: [String], welcome: String?, rules: [String], expires: Int?, registrationMode: String,
            allowsRegistration: Bool
        ) {
            self.code = code
            self.roomID = roomID
            self.roomType = roomType
            self.name = name
            self.topic = topic
            self.hasAvatar = hasAvatar
            self.memberCount = memberCount
            self.onlineCount = onlineCount
            self.inviter = inviter
            self.inviterName = inviterName
            self.channels = channels
            self.welcome = welcome
            self.rules = rules
            self.expires = expires
            self.registrationMode = registrationMode
            self.allowsRegistration = allowsRegistration
        }

        /// Where the picture of the room is; nil where it has none.
        public var avatarPath: String? { hasAvatar ? "/_martlet/client/v1/invites/\(code)/avatar" : nil }

        public var payload: Payload {
            var inviter: JSONValue = ["user_id": .string(self.inviter.description)]
            if let inviterName { inviter["displayname"] = .string(inviterName) }
            var value: JSONValue = [
                "room_id": .string(roomID.description), "avatar": .bool(hasAvatar), "member_count": .integer(memberCount), "inviter": inviter,
                "channels": .array(channels.map { .string($0) }),
                "registration": ["mode": .string(registrationMode), "allowed_with_invite": .bool(allowsRegistration)],
            ]
            for (key, text) in [("room_type", roomType), ("name", name), ("topic", topic), ("avatar_path", avatarPath)] {
                if let text { value[key] = .string(text) }
            }
            if let onlineCount { value["online_count"] = .integer(onlineCount) }
            if let expires { value["expires_at"] = .integer(expires) }
            if welcome != nil || !rules.isEmpty {
                var words: JSONValue = ["rules": .array(rules.map { .string($0) })]
                if let welcome { words["text"] = .string(welcome) }
                value["welcome"] = words
            }
            return .json(value)
        }

        public var headers: [(name: String, value: String)] { [("Cache-Control", "no-store")] }
    }
}

/// The picture of the room that an invite link leads to. Not part of the specification.
public enum GetInvitationAvatar: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = InviteCodeRequest
    public typealias Response = MediaResponse
    public static let route = Route(.get, "/_martlet/client/v1/invites/{code}/avatar", limit: .media)
}

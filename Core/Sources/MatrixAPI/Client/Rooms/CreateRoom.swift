public import MatrixModel

/// Creates a room (client-server API, "Creation").
public enum CreateRoom: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = RoomIDResponse
    public static let route = Route.clientV3(.post, "/createRoom", limit: .roomCreation)

    /// Standard state of a new room.
    public enum Preset: String, FieldDecodable {
        case privateChat = "private_chat"
        case publicChat = "public_chat"
        case trustedPrivateChat = "trusted_private_chat"

        public init?(field: JSON) {
            guard let text = field.string else { return nil }
            self.init(rawValue: text)
        }
    }

    /// A state event to set in the new room.
    public struct InitialState: FieldDecodable {
        public let slot: StateKey
        public let content: JSONValue

        public init?(field: JSON) {
            guard let type = field["type"]?.string, let content = field["content"], content.isObject else { return nil }
            if let key = field["state_key"], key.string == nil { return nil }
            slot = StateKey(type, field["state_key"]?.string ?? "")
            self.content = content.value
        }
    }

    public struct Request: EndpointRequest {
        public let visibility: DirectoryVisibility
        /// The localpart of an alias to make, without sigil and server.
        public let aliasLocalpart: String?
        public let name: String?
        public let topic: String?
        public let invitees: [UserID]
        /// Invitations by e-mail address or telephone number.
        public let thirdPartyInvites: [ThirdPartyAddress]
        public let version: String?
        public let creationContent: JSONValue
        public let initialState: [InitialState]
        public let preset: Preset?
        public let isDirect: Bool
        public let powerLevelOverride: JSONValue

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            visibility = try body.optional("visibility") ?? .private
            aliasLocalpart = try body.optional("room_alias_name")
            name = try body.optional("name")
            topic = try body.optional("topic")
            invitees = try body.optional("invite") ?? []
            thirdPartyInvites = try body.optional("invite_3pid") ?? []
            version = try body.optional("room_version")
            creationContent = try body.optionalObject("creation_content")
            initialState = try body.optional("initial_state") ?? []
            preset = try body.optional("preset")
            isDirect = try body.optional("is_direct") ?? false
            powerLevelOverride = try body.optionalObject("power_level_content_override")
        }
    }
}

extension JSON {
    /// The member as an object, empty where absent or null; 400 `M_BAD_JSON` where of another kind.
    fileprivate func optionalObject(_ key: String) throws(MatrixError) -> JSONValue {
        guard let field = self[key], !field.isNull else { return .object([:]) }
        guard field.isObject else { throw .badJSON("'\(key)' must be an object.") }
        return field.value
    }
}

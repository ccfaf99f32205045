public import MatrixModel

/// Tells whose access token it is (client-server API, "Current account information").
public enum WhoAmI: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public static let route = Route(
        .get, "/_matrix/client/v3/account/whoami", aliases: ["/_matrix/client/r0/account/whoami"], limit: .read, allowsGuests: true)

    public struct Response: EndpointResponse {
        public let user: UserID
        public let device: String?
        public let isGuest: Bool

        public init(user: UserID, device: String?, isGuest: Bool) {
            self.user = user
            self.device = device
            self.isGuest = isGuest
        }

        public var payload: Payload {
            var members: JSONValue = ["user_id": .string(user.description), "is_guest": .bool(isGuest)]
            members["device_id"] = device.map(JSONValue.string)
            return .json(members)
        }
    }
}

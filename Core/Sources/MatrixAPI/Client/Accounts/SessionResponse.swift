public import MatrixModel

/// A new session as `/login` and `/register` answer it.
public struct SessionResponse: EndpointResponse {
    public let userID: UserID
    /// The tokens; absent where the caller asked for no login.
    public let session: Session?
    /// The client well-known document, where there is one.
    public let wellKnown: JSONValue?

    /// An access token and the device it belongs to.
    public struct Session: Sendable {
        public let accessToken: String
        public let deviceID: String
        public let refreshToken: String?
        /// Milliseconds until the access token expires; nil where it does not.
        public let expiresInMilliseconds: Int?

        public init(accessToken: String, deviceID: String, refreshToken: String?, expiresInMilliseconds: Int?) {
            self.accessToken = accessToken
            self.deviceID = deviceID
            self.refreshToken = refreshToken
            self.expiresInMilliseconds = expiresInMilliseconds
        }
    }

    public init(userID: UserID, session: Session?, wellKnown: JSONValue? = nil) {
        self.userID = userID
        self.session = session
        self.wellKnown = wellKnown
    }

    public var payload: Payload {
        var members: JSONValue = [
            "user_id": .string(userID.description), "home_server": .string(userID.server.description),
        ]
        if let session {
            members["access_token"] = .string(session.accessToken)
            members["device_id"] = .string(session.deviceID)
            members["refresh_token"] = session.refreshToken.map(JSONValue.string)
            members["expires_in_ms"] = session.expiresInMilliseconds.map(JSONValue.integer)
        }
        if let wellKnown { members["well_known"] = wellKnown }
        return .json(members)
    }
}

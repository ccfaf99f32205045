public import MatrixModel

/// Reads a person's presence (client-server API, "Presence").
public enum GetPresence: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = JSONResponse
    public static let route = Route(.get, "/_matrix/client/v3/presence/{userId}/status", limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let user: UserID
        public init(_ input: RequestInput) throws(MatrixError) { user = try input.path("userId") }
    }
}

/// Sets the caller's presence.
public enum SetPresence: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(.put, "/_matrix/client/v3/presence/{userId}/status", limit: .accountData, allowsGuests: true)

    public struct Request: EndpointRequest {
        public let user: UserID
        /// `online`, `unavailable` or `offline`.
        public let presence: String
        /// Nil for no text.
        public let status: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            let body = try input.bodyObject()
            presence = try body.required("presence")
            status = try body.optional("status_msg")
        }
    }
}

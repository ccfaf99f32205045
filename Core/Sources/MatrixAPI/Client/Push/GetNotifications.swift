public import MatrixModel

/// Lists the events that the caller was, or would have been, notified about, newest first (client-server API, "Listing Notifications").
public enum GetNotifications: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.clientV3(.get, "/notifications", limit: .read)

    public struct Request: EndpointRequest {
        /// The token of an earlier page.
        public let from: String?
        public let limit: Int?
        /// Whether only notifications that stand out are asked for.
        public let onlyHighlights: Bool

        public init(_ input: RequestInput) throws(MatrixError) {
            from = try input.query("from")
            limit = try input.query("limit")
            onlyHighlights = try input.query("only", as: String.self) == "highlight"
        }
    }
}

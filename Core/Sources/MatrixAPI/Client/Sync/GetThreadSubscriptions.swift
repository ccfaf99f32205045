public import MatrixModel

/// Gives earlier changes of what threads the caller follows (MSC4308), by pages backwards.
public enum GetThreadSubscriptions: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/thread_subscriptions", aliases: ["/_matrix/client/unstable/io.element.msc4308/thread_subscriptions"],
        limit: .read, allowsGuests: true)

    public struct Request: EndpointRequest {
        /// Where the page begins: a token of an earlier page or of sliding sync; nil for the newest change.
        public let from: String?
        /// The `pos` of sliding sync at which the pages end.
        public let end: String?
        public let limit: Int?

        public init(_ input: RequestInput) throws(MatrixError) {
            // "always `b` (backward)".
            guard try input.requiredQuery("dir", as: String.self) == "b" else { throw .invalidParam("'dir' can only be 'b'.") }
            from = try input.query("from")
            end = try input.query("to")
            limit = try input.query("limit")
            if let limit, limit < 1 { throw .invalidParam("'limit' must be greater than zero.") }
        }
    }
}

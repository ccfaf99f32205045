public import MatrixModel

/// Reports a user to the administrators (client-server API, "Reporting Content").
public enum ReportUser: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/users/{userId}/report",
        aliases: ["/_matrix/client/unstable/org.matrix.msc4260/users/{userId}/report"], limit: .report)

    public struct Request: EndpointRequest {
        public let user: UserID
        /// May be empty.
        public let reason: String

        public init(_ input: RequestInput) throws(MatrixError) {
            user = try input.path("userId")
            reason = try input.bodyObject().required("reason")
        }
    }
}

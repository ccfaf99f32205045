public import MatrixModel

/// The web client's page under an invite link, with what the link leads to in its head for programs that show links. Not part of the
/// specification.
public enum GetInvitePage: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Response = WebResponse
    public static let route = Route(.get, "/invite/{code}", limit: .read)

    public struct Request: EndpointRequest {
        public let code: String
        /// The address that the browser shows, for what must be named in full.
        public let origin: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            code = try input.path("code")
            origin = input.origin
        }
    }
}

public import MatrixModel

/// The web client's page. Not part of the specification.
public enum GetWebPage: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Response = WebResponse
    public static let route = Route(.get, "/", aliases: ["/index.html"], limit: .none)

    public struct Request: EndpointRequest {
        /// The address that the browser shows, for what must be named in full.
        public let origin: String?

        public init(_ input: RequestInput) throws(MatrixError) { origin = input.origin }
    }
}

public import MatrixModel

/// A file of the web client that keeps its name, such as `/service-worker.js` and `/favicon.svg`. Not part of the specification.
public enum GetWebFile: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Response = WebResponse
    public static let route = Route(.get, "/{file}", limit: .none)

    public struct Request: EndpointRequest {
        public let file: String

        public init(_ input: RequestInput) throws(MatrixError) { file = try input.path("file") }
    }
}

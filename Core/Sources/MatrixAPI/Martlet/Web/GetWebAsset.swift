public import MatrixModel

/// A file of the web client whose name changes with its content. Not part of the specification.
public enum GetWebAsset: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Response = WebResponse
    public static let route = Route(.get, "/assets/{file}", limit: .none)

    public struct Request: EndpointRequest {
        public let file: String

        public init(_ input: RequestInput) throws(MatrixError) { file = try input.path("file") }
    }
}

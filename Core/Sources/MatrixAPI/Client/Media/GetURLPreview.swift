public import MatrixModel

/// Tells what is behind a link, for clients that would rather not look themselves.
public enum GetURLPreview: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = URLPreviewResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/media/preview_url",
        aliases: [
            "/_matrix/client/unstable/org.matrix.msc3916/media/preview_url", "/_matrix/media/v3/preview_url", "/_matrix/media/v1/preview_url",
        ], limit: .preview)

    public struct Request: EndpointRequest {
        public let url: String
        /// "The preferred point in time to return a preview for", in milliseconds since the epoch.
        public let time: Int?

        public init(_ input: RequestInput) throws(MatrixError) {
            url = try input.requiredQuery("url")
            time = try input.query("ts")
        }
    }
}

/// The OpenGraph data of a page, "which may be empty".
public struct URLPreviewResponse: EndpointResponse {
    private let document: [UInt8]
    /// `document` is an object as JSON.
    public init(document: [UInt8]) { self.document = document }
    public var payload: Payload { .bytes(document, contentType: "application/json") }
    public var headers: [(name: String, value: String)] { [("Cache-Control", "private, max-age=3600")] }
}

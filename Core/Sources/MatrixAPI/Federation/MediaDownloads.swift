public import MatrixModel

/// Gives another server content of this one (server-server API, "Content Repository").
public enum PeerMediaDownload: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = PeerMediaResponse
    public static let route = Route(.get, "/_matrix/federation/v1/media/download/{mediaId}", limit: .federation)

    public struct Request: EndpointRequest {
        public let id: MediaID
        public let patience: MediaPatience

        public init(_ input: RequestInput) throws(MatrixError) {
            id = try input.path("mediaId")
            patience = try MediaPatience(input)
        }
    }
}

/// Gives another server a thumbnail of content of this one.
public enum PeerMediaThumbnail: Endpoint {
    public typealias Caller = PeerCaller
    public typealias Response = PeerMediaResponse
    public static let route = Route(.get, "/_matrix/federation/v1/media/thumbnail/{mediaId}", limit: .federation)

    public struct Request: EndpointRequest {
        public let id: MediaID
        public let form: ThumbnailForm
        public let patience: MediaPatience

        public init(_ input: RequestInput) throws(MatrixError) {
            id = try input.path("mediaId")
            form = try ThumbnailForm(input)
            patience = try MediaPatience(input)
        }
    }
}

/// Content for another server: `multipart/mixed` of a JSON object, which is empty, and the content with its header fields.
public struct PeerMediaResponse: EndpointResponse {
    private let source: ByteSource
    private let boundary: String

    /// `boundary` is to be unpredictable: it must not occur in the content.
    public init(_ media: MediaResponse, boundary: String) {
        var head = "--\(boundary)\r\nContent-Type: application/json\r\n\r\n{}\r\n--\(boundary)\r\nContent-Type: \(media.contentType)\r\n"
        for header in media.headers where header.name == "Content-Disposition" { head += "Content-Disposition: \(header.value)\r\n" }
        source = media.source.enclosed(between: Array((head + "\r\n").utf8), and: Array("\r\n--\(boundary)--\r\n".utf8))
        self.boundary = boundary
    }

    public var payload: Payload { .source(source, contentType: "multipart/mixed; boundary=\(boundary)") }
}

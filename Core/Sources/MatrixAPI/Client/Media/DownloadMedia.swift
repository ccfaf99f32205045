public import MatrixModel

/// Downloads content.
public enum DownloadMedia: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = DownloadRequest
    public typealias Response = MediaResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/media/download/{serverName}/{mediaId}",
        aliases: ["/_matrix/client/unstable/org.matrix.msc3916/media/download/{serverName}/{mediaId}"], limit: .read, allowsGuests: true)
}

/// Downloads content under a file name of the caller's choice.
public enum DownloadMediaAs: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = NamedDownloadRequest
    public typealias Response = MediaResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/media/download/{serverName}/{mediaId}/{fileName}",
        aliases: ["/_matrix/client/unstable/org.matrix.msc3916/media/download/{serverName}/{mediaId}/{fileName}"], limit: .read,
        allowsGuests: true)
}

/// Downloads content without an account: deprecated, and closed to all media that came after the freeze.
public enum DownloadFrozenMedia: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = DownloadRequest
    public typealias Response = MediaResponse
    public static let route = Route(
        .get, "/_matrix/media/v3/download/{serverName}/{mediaId}", aliases: ["/_matrix/media/v1/download/{serverName}/{mediaId}"],
        limit: .read)
}

/// Downloads content without an account, under a file name of the caller's choice: deprecated.
public enum DownloadFrozenMediaAs: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = NamedDownloadRequest
    public typealias Response = MediaResponse
    public static let route = Route(
        .get, "/_matrix/media/v3/download/{serverName}/{mediaId}/{fileName}",
        aliases: ["/_matrix/media/v1/download/{serverName}/{mediaId}/{fileName}"], limit: .read)
}

/// Which content is to be downloaded.
public struct DownloadRequest: EndpointRequest {
    public let reference: MediaReference
    public let patience: MediaPatience

    public init(_ input: RequestInput) throws(MatrixError) {
        reference = try MediaReference(input)
        patience = try MediaPatience(input)
    }
}

/// Which content is to be downloaded, and under which name.
public struct NamedDownloadRequest: EndpointRequest {
    public let download: DownloadRequest
    public let fileName: String

    public init(_ input: RequestInput) throws(MatrixError) {
        download = try DownloadRequest(input)
        fileName = try input.path("fileName")
    }
}

/// What a caller of media puts up with.
public struct MediaPatience: Sendable {
    /// How long to wait for content that is not uploaded yet, in milliseconds.
    public let timeoutMilliseconds: Int
    /// Whether the content may be fetched from another server.
    public let allowsRemote: Bool

    public init(timeoutMilliseconds: Int, allowsRemote: Bool) {
        self.timeoutMilliseconds = timeoutMilliseconds
        self.allowsRemote = allowsRemote
    }

    init(_ input: RequestInput) throws(MatrixError) {
        timeoutMilliseconds = max(0, try input.query("timeout_ms") ?? 20_000)
        allowsRemote = try input.query("allow_remote") ?? true
    }
}

/// Content as it is served.
public struct MediaResponse: EndpointResponse {
    public let source: ByteSource
    public let contentType: String
    public let headers: [(name: String, value: String)]

    public init(source: ByteSource, contentType: String, headers: [(name: String, value: String)]) {
        self.source = source
        self.contentType = contentType
        self.headers = headers
    }

    public var payload: Payload { .source(source, contentType: contentType) }
}

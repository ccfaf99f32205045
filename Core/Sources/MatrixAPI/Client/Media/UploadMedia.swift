public import MatrixModel

/// Uploads content (client-server API, "Content repository").
public enum UploadMedia: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route(
        .post, "/_matrix/media/v3/upload", aliases: ["/_matrix/media/v1/upload"], limit: .media, streamsBody: true)

    public struct Request: EndpointRequest {
        public let content: UploadedContent
        public init(_ input: RequestInput) throws(MatrixError) { content = try UploadedContent(input) }
    }

    public struct Response: EndpointResponse {
        public let content: MediaReference
        public init(content: MediaReference) { self.content = content }
        public var payload: Payload { .json(["content_uri": .string(content.description)]) }
    }
}

/// Makes a reference whose content is uploaded later.
public enum CreateMedia: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public static let route = Route(
        .post, "/_matrix/media/v1/create", aliases: ["/_matrix/media/unstable/fi.mau.msc2246/create"], limit: .media)

    public struct Response: EndpointResponse {
        public let content: MediaReference
        /// When the reference lapses unless its content was uploaded, in milliseconds since the epoch.
        public let unusedExpiresAt: Int

        public init(content: MediaReference, unusedExpiresAt: Int) {
            self.content = content
            self.unusedExpiresAt = unusedExpiresAt
        }

        public var payload: Payload {
            .json(["content_uri": .string(content.description), "unused_expires_at": .integer(unusedExpiresAt)])
        }
    }
}

/// Uploads the content of a reference made before.
public enum UploadCreatedMedia: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .put, "/_matrix/media/v3/upload/{serverName}/{mediaId}",
        aliases: ["/_matrix/media/unstable/fi.mau.msc2246/upload/{serverName}/{mediaId}"], limit: .media, streamsBody: true)

    public struct Request: EndpointRequest {
        public let reference: MediaReference
        public let content: UploadedContent

        public init(_ input: RequestInput) throws(MatrixError) {
            reference = try MediaReference(input)
            content = try UploadedContent(input)
        }
    }
}

/// Content on its way in, with what its sender says of it.
public struct UploadedContent: Sendable {
    public let fileName: String?
    public let contentType: String?
    public let body: BodyStream

    init(_ input: RequestInput) throws(MatrixError) {
        fileName = try input.query("filename")
        contentType = input.contentType
        let bytes = input.bodyBytes
        // Where a request comes without a connection, its body is there whole.
        body = input.bodyStream ?? BodyStream(announcedBytes: bytes.count) { take in try await take(bytes[...]) }
    }
}

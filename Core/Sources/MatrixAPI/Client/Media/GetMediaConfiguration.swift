import MatrixModel

/// Tells clients the limits of uploads.
public enum GetMediaConfiguration: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public typealias Response = MediaConfigurationResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/media/config",
        aliases: ["/_matrix/client/unstable/org.matrix.msc3916/media/config", "/_matrix/media/v3/config", "/_matrix/media/v1/config"],
        limit: .read, allowsGuests: true)
}

/// The limits of uploads.
public struct MediaConfigurationResponse: EndpointResponse {
    public let maximumUploadBytes: Int
    public init(maximumUploadBytes: Int) { self.maximumUploadBytes = maximumUploadBytes }
    public var payload: Payload { .json(["m.upload.size": .integer(maximumUploadBytes)]) }
}

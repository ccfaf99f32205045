public import MatrixModel

/// Downloads a smaller picture of content.
public enum GetMediaThumbnail: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = ThumbnailRequest
    public typealias Response = MediaResponse
    public static let route = Route(
        .get, "/_matrix/client/v1/media/thumbnail/{serverName}/{mediaId}",
        aliases: ["/_matrix/client/unstable/org.matrix.msc3916/media/thumbnail/{serverName}/{mediaId}"], limit: .read, allowsGuests: true)
}

/// Downloads a smaller picture without an account: deprecated, and closed to all media that came after the freeze.
public enum GetFrozenMediaThumbnail: Endpoint {
    public typealias Caller = PublicCaller
    public typealias Request = ThumbnailRequest
    public typealias Response = MediaResponse
    public static let route = Route(
        .get, "/_matrix/media/v3/thumbnail/{serverName}/{mediaId}", aliases: ["/_matrix/media/v1/thumbnail/{serverName}/{mediaId}"],
        limit: .read)
}

/// Which picture, and how large.
public struct ThumbnailRequest: EndpointRequest {
    public let reference: MediaReference
    public let form: ThumbnailForm
    public let patience: MediaPatience

    public init(_ input: RequestInput) throws(MatrixError) {
        reference = try MediaReference(input)
        form = try ThumbnailForm(input)
        patience = try MediaPatience(input)
    }
}

/// The size and kind of a thumbnail.
public struct ThumbnailForm: Hashable, Sendable {
    /// How a picture is brought to the size.
    public enum Fit: String, Hashable, Sendable, TextDecodable {
        /// It keeps its shape and fits into the size.
        case scale
        /// It takes the shape of the size, and what stands out is cut off.
        case crop

        public init?(text: String) { self.init(rawValue: text) }
    }

    public let width: Int
    public let height: Int
    public let fit: Fit
    /// Whether a moving picture is wanted where there is one.
    public let isAnimated: Bool

    public init(width: Int, height: Int, fit: Fit, isAnimated: Bool = false) {
        self.width = width
        self.height = height
        self.fit = fit
        self.isAnimated = isAnimated
    }

    init(_ input: RequestInput) throws(MatrixError) {
        width = try input.requiredQuery("width")
        height = try input.requiredQuery("height")
        fit = try input.query("method") ?? .scale
        isAnimated = try input.query("animated") ?? false
        guard width > 0, height > 0 else { throw .invalidParam("Width and height must be positive.") }
    }
}

/// The bounds of what people and other servers can make the media repository do.
public struct MediaLimits: Sendable {
    /// Largest upload, in bytes.
    public var uploadBytes = 100 << 20
    /// Largest file that is fetched from another server.
    public var remoteBytes = 100 << 20
    /// Copies of other servers' media kept, in bytes.
    public var copiesBytes = 10 << 30
    /// What one user may have uploaded, in bytes; nil without limit.
    public var userBytes: Int?
    /// Names taken by one user whose content is still to come.
    public var pendingUploads = 100
    /// Time to upload the content of a name: "The recommended default expiration is 24 hours".
    public var reservationMilliseconds = 24 * 3_600_000
    /// Longest wait for content that is not uploaded yet.
    public var waitMilliseconds = 60_000

    // Thumbnails
    /// Pictures decoded at once.
    public var thumbnailsAtOnce = 2
    /// Pictures that wait for their turn; more are refused.
    public var waitingThumbnails = 500
    /// Largest picture that is decoded, and largest sum of frames of a moving one, in pixels.
    public var pixels = 50_000_000
    public var animatedPixels = 100_000_000
    public var frames = 500
    /// Largest sum of frames of a moving thumbnail, in pixels.
    public var movingPixels = 12_000_000
    /// Largest moving PNG that is given as it is where a moving thumbnail is asked for, since its frames are not decoded here.
    public var originalBytes = 2 << 20
    /// Largest thumbnail, in bytes.
    public var thumbnailBytes = 16 << 20
    /// What the process that decodes may use.
    public var decoderAddressSpaceBytes = 1 << 30
    public var decoderResidentBytes = 185 << 20
    public var decoderSeconds = 10
    public var decoderWallSeconds = 30

    public init() {}
}

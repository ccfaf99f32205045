/// How long media is kept without being used.
public struct MediaRetention: Sendable {
    /// Copies of other servers' media; nil for as long as there is room.
    public var copiesMilliseconds: Int?
    /// What this server's people uploaded; nil for ever. Whoever sets it loses what nobody looks at for so long.
    public var uploadsMilliseconds: Int?
    /// Pictures fetched for previews of links.
    public var previewPicturesMilliseconds = 30 * 24 * 3_600_000

    public init() {}
}

/// What an operator decides of previews of links.
public struct PreviewSettings: Sendable {
    public var isEnabled = true
    /// Languages in which pages are asked for, the preferred first.
    public var languages = ["en"]
    /// How much of a page is read, in bytes.
    public var pageBytes = 1 << 20
    /// Largest picture, in bytes.
    public var pictureBytes = 10 << 20
    /// Largest oEmbed document, in bytes.
    public var embedBytes = 256 << 10
    /// Time for one preview with all that belongs to it.
    public var timeoutMilliseconds = 10_000
    /// How long a preview is fresh where its page does not say, and the bounds of what a page may say.
    public var freshMilliseconds = 24 * 3_600_000
    public var leastFreshMilliseconds = 3_600_000
    public var mostFreshMilliseconds = 7 * 24 * 3_600_000
    /// How long a failure is remembered.
    public var failureMilliseconds = 5 * 60_000
    /// How long previews that are fresh no more are kept, for those who ask how a page was.
    public var keptMilliseconds = 30 * 24 * 3_600_000
    /// Previews in the making at once, in all and for one person.
    public var atOnce = 64
    public var atOncePerUser = 10
    /// Places where a picture is looked for.
    public var pictureTries = 3
    public var urlBytes = 4_096

    public init() {}

    /// The `Accept-Language` field.
    var acceptLanguage: String {
        languages.prefix(10).enumerated().map { index, language in index == 0 ? language : "\(language);q=0.\(max(1, 9 - index))" }
            .joined(separator: ", ")
    }
}

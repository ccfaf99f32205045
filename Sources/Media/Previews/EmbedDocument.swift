import MatrixModel

/// What a site says of one of its pages in the form of oEmbed 1.0.
struct EmbedDocument: Sendable {
    /// The kinds of the format.
    private enum Kind: String {
        case photo, video, link, rich
    }

    private let kind: Kind
    let title: String?
    let authorName: String?
    let providerName: String?
    /// The picture itself, or one that stands for the rest.
    let picture: String?
    /// What the site would have shown; read for its text alone.
    let html: String?

    /// Nil where it is none.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSON.parse(bytes), json.isObject, let kind = json["type"]?.string.flatMap({ Kind(rawValue: $0) }) else { return nil }
        self.kind = kind
        title = json["title"]?.string
        authorName = json["author_name"]?.string
        providerName = json["provider_name"]?.string
        picture = kind == .photo ? json["url"]?.string ?? json["thumbnail_url"]?.string : json["thumbnail_url"]?.string
        html = kind == .rich || kind == .video ? json["html"]?.string : nil
    }

    /// The kind in words of OpenGraph; nil where it has none.
    var openGraphType: String? {
        switch kind {
        case .video: "video.other"
        case .photo, .link, .rich: nil
        }
    }
}

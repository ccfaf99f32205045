import Federation
import MatrixAPI
import MatrixModel

/// What a preview says, and where the pictures are that it may show, the best first.
struct PageSummary: Sendable {
    private static let maximumProperties = 50
    /// A picture of the page's text is not worth showing below that size, in pixels.
    static let smallestPicture = 64

    /// Where a picture may be; a picture that the page does not put forward must be of some size.
    struct Candidate: Hashable, Sendable {
        let url: WebURL
        let isChosen: Bool
    }

    /// OpenGraph properties without those of the picture.
    var properties: [String: String] = [:]
    var candidates: [Candidate] = []

    init() {}

    /// What a page says of itself.
    init(_ page: PageRecords, at url: WebURL) {
        let base = page.base.flatMap { WebURL($0, relativeTo: url) } ?? url
        takeOpenGraph(page)
        set("og:title", page.meta("twitter:title") ?? page.title ?? page.heading)
        set("og:description", page.meta("twitter:description", "description"))
        set("og:description", PreviewText.summary(of: page.paragraphs))
        set("og:site_name", page.meta("application-name", "twitter:site"))
        addPictures(page, base: base)
    }

    private mutating func takeOpenGraph(_ page: PageRecords) {
        for (name, content) in page.metas where properties.count < PageSummary.maximumProperties {
            guard name.hasPrefix("og:") || name.hasPrefix("article:") || name.hasPrefix("profile:"), name.utf8.count <= 64 else { continue }
            // Those of the picture are told of the picture that was fetched.
            if name == "og:image" || name.hasPrefix("og:image:") { continue }
            set(name, content)
        }
    }

    private mutating func addPictures(_ page: PageRecords, base: WebURL) {
        let names: Set<String> = [
            "og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "image", "thumbnailurl", "thumbnail",
        ]
        for (name, content) in page.metas where names.contains(name) { add(content, base, isChosen: true) }
        for link in page.links where link.relations.contains("image_src") { add(link.address, base, isChosen: true) }
        let large = page.pictures.filter { picture in
            (picture.width ?? .max) >= PageSummary.smallestPicture && (picture.height ?? .max) >= PageSummary.smallestPicture
        }
        for picture in large.prefix(5) { add(picture.address, base, isChosen: false) }
        for relation in ["apple-touch-icon", "apple-touch-icon-precomposed", "icon"] {
            for link in page.links.reversed() where link.relations.contains(Substring(relation)) { add(link.address, base, isChosen: true) }
        }
    }

    /// Adds what an oEmbed document says where the page does not say it.
    mutating func complete(with embed: EmbedDocument, at url: WebURL) {
        set("og:title", embed.title)
        set("og:site_name", embed.providerName)
        set("og:type", embed.openGraphType)
        set("og:author", embed.authorName)
        if let picture = embed.picture { add(picture, url, isChosen: true) }
    }

    /// Sets a property that has no value yet.
    mutating func set(_ name: String, _ value: String?) {
        guard properties[name] == nil, let value else { return }
        let text = name == "og:description" ? value : PreviewText.trimmed(value)
        guard !text.isEmpty else { return }
        properties[name] = PreviewText.cut(text, to: PreviewText.propertyCharacters)
    }

    private mutating func add(_ address: String, _ base: WebURL, isChosen: Bool) {
        guard let url = WebURL(address, relativeTo: base), !url.path.lowercased().hasSuffix(".svg") else { return }
        guard !candidates.contains(where: { $0.url == url }) else { return }
        candidates.append(Candidate(url: url, isChosen: isChosen))
    }

    /// What clients are given.
    func document(with image: PreviewImage?) -> JSONValue {
        var members = properties.mapValues { JSONValue.string($0) }
        if let image {
            members["og:image"] = .string(image.reference.description)
            members["og:image:type"] = .string(image.contentType)
            members["og:image:width"] = .integer(image.width)
            members["og:image:height"] = .integer(image.height)
            members["matrix:image:size"] = .integer(image.bytes)
        }
        return .object(members)
    }
}

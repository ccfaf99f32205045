import Database
import Federation
import MatrixAPI
import MatrixModel
import NIOPosix
import Storage

/// Tells what is behind links: from what was fetched before, or by fetching it, once for all who ask at the same time.
struct LinkPreviews: Sendable {
    private static let pageAccept = "text/html,application/xhtml+xml,image/*;q=0.9,*/*;q=0.5"
    private static let embedAccept = "application/json"

    private let serverName: ServerName
    private let shelf: MediaShelf
    private let fetch: WebFetch
    private let reader: PageReader
    private let pictures: PreviewPictures
    private let permits: PreviewPermits
    private let settings: PreviewSettings
    private let flights = SingleFlight<String, StoredPreview>()

    /// `pool` has as many threads as pages may be read at once.
    init(
        serverName: ServerName, shelf: MediaShelf, client: WebClient, decoder: DecoderProcess, pool: NIOThreadPool, limits: MediaLimits,
        settings: PreviewSettings
    ) {
        self.serverName = serverName
        self.shelf = shelf
        self.settings = settings
        permits = PreviewPermits(settings)
        fetch = WebFetch(client: client, folder: shelf.folder, settings: settings, environment: shelf.environment)
        var readerLimits = limits
        readerLimits.decoderSeconds = LinkPreviews.readerSeconds
        readerLimits.decoderWallSeconds = LinkPreviews.readerWallSeconds
        reader = PageReader(decoder: decoder, pool: pool, folder: shelf.folder, limits: readerLimits, pageBytes: settings.pageBytes)
        pictures = PreviewPictures(
            serverName: serverName, shelf: shelf, fetch: fetch, reader: reader, limits: limits, settings: settings)
    }

    /// Time in which a page is read or given up.
    private static let readerSeconds = 2
    private static let readerWallSeconds = 4

    /// The preview of an address as JSON, of about that time where it is known.
    func preview(of text: String, at time: Int?, for user: UserID) async throws -> [UInt8] {
        guard text.utf8.count <= settings.urlBytes, let url = WebURL(text) else {
            throw MatrixError.invalidParam("This is no address of the web.")
        }
        let now = shelf.environment.nowMilliseconds()
        if let time, time < now, let then = try await known(url, at: time), then.status == 200 { return then.document }
        if let fresh = try await known(url, at: now) { return try LinkPreviews.document(of: fresh) }
        let made = try await flights.run(url.description) {
            try await permits.run(for: user) { try await make(url) }
        }
        return try LinkPreviews.document(of: made)
    }

    private static func document(of preview: StoredPreview) throws -> [UInt8] {
        guard preview.status != 200 else { return preview.document }
        let json = try? JSON.parse(preview.document)
        let code = json?["errcode"]?.string.map { ErrorCode(rawValue: $0) } ?? .unknown
        throw MatrixError(preview.status, code, json?["error"]?.string ?? "There is no preview.")
    }

    /// What was fresh at a time, if its picture is still here.
    private func known(_ url: WebURL, at time: Int) async throws -> StoredPreview? {
        let (serverName, now) = (serverName, shelf.environment.nowMilliseconds())
        return try await shelf.database.read { transaction in
            guard let preview = try PreviewStore(transaction).preview(of: url.description, at: time) else { return nil }
            if let id = preview.imageID, try MediaStore(transaction).media(serverName, id, at: now)?.state != .clean { return nil }
            return preview
        }
    }

    private func make(_ url: WebURL) async throws -> StoredPreview {
        let deadline = shelf.environment.monotonicMilliseconds() + settings.timeoutMilliseconds
        let preview: StoredPreview
        do {
            preview = try await fetched(url, deadline: deadline)
        } catch {
            try Task.checkCancellation()
            let now = shelf.environment.nowMilliseconds()
            let told = PreviewFailure.told(error)
            preview = StoredPreview(
                fetched: now, expires: now + settings.failureMilliseconds, status: told.status, document: told.body.bytes(), imageID: nil)
        }
        try await shelf.database.write { try PreviewStore($0).put(preview, of: url.description) }
        return preview
    }

    private func fetched(_ url: WebURL, deadline: Int) async throws -> StoredPreview {
        if let endpoint = EmbedProviders.endpoint(for: url), let embed = try await embed(endpoint, deadline: deadline) {
            var summary = PageSummary()
            try await complete(&summary, with: embed, at: endpoint)
            return try await finished(summary, deadline: deadline, maximumAge: nil)
        }
        let found = try await fetch.get(url, accept: LinkPreviews.pageAccept, deadline: deadline)
        var summary = PageSummary()
        switch found.kind {
        case .page: summary = try await page(found, deadline: deadline)
        case .picture:
            summary.set("og:title", LinkPreviews.fileName(found.url))
            guard let image = try await pictures.keep(found, of: url, isChosen: true) else { break }
            return stored(summary.document(with: image), image: image, maximumAge: found.maximumAgeMilliseconds)
        case .sound: describe(found, as: "og:audio", in: &summary)
        case .film: describe(found, as: "og:video", in: &summary)
        case .embed, .other: break
        }
        return try await finished(summary, deadline: deadline, maximumAge: found.maximumAgeMilliseconds)
    }

    private func page(_ found: WebFetch.Found, deadline: Int) async throws -> PageSummary {
        let records = try await reader.records(of: found.file, charset: found.charset)
        var summary = PageSummary(records, at: found.url)
        let link = records.links.first { $0.relations.contains("alternate") && $0.type.hasPrefix("application/json+oembed") }
        let base = records.base.flatMap { WebURL($0, relativeTo: found.url) } ?? found.url
        if let link, let endpoint = WebURL(link.address, relativeTo: base), let embed = try await embed(endpoint, deadline: deadline) {
            try await complete(&summary, with: embed, at: endpoint)
        }
        return summary
    }

    /// The oEmbed document at an address; nil where there is none.
    private func embed(_ url: WebURL, deadline: Int) async throws -> EmbedDocument? {
        let found: WebFetch.Found
        do {
            found = try await fetch.get(url, accept: LinkPreviews.embedAccept, deadline: deadline)
        } catch {
            try Task.checkCancellation()
            return nil
        }
        guard found.kind == .embed else { return nil }
        return EmbedDocument(try found.file.read(0, found.file.count))
    }

    private func complete(_ summary: inout PageSummary, with embed: EmbedDocument, at url: WebURL) async throws {
        summary.complete(with: embed, at: url)
        guard summary.properties["og:description"] == nil, let html = embed.html else { return }
        let file = try shelf.folder.incoming()
        try file.write(Array(html.utf8)[...])
        summary.set("og:description", PreviewText.summary(of: try await reader.records(of: file, charset: "utf-8").paragraphs))
    }

    private func describe(_ found: WebFetch.Found, as name: String, in summary: inout PageSummary) {
        summary.set("og:title", LinkPreviews.fileName(found.url))
        summary.set(name, found.url.description)
        summary.set(name + ":type", MediaHeaders.contentType(found.contentType))
    }

    private static func fileName(_ url: WebURL) -> String? {
        let bytes = url.path.split(separator: "/").last.map { PercentCoding.decode($0.utf8) }
        return bytes.flatMap { String(validating: $0, as: UTF8.self) }
    }

    private func finished(_ summary: PageSummary, deadline: Int, maximumAge: Int?) async throws -> StoredPreview {
        let image = try await pictures.first(of: summary.candidates, deadline: deadline)
        return stored(summary.document(with: image), image: image, maximumAge: maximumAge)
    }

    private func stored(_ document: JSONValue, image: PreviewImage?, maximumAge: Int?) -> StoredPreview {
        let now = shelf.environment.nowMilliseconds()
        let age = min(max(maximumAge ?? settings.freshMilliseconds, settings.leastFreshMilliseconds), settings.mostFreshMilliseconds)
        return StoredPreview(
            fetched: now, expires: now + age, status: 200, document: document.bytes(), imageID: image?.reference.id.description)
    }
}

import Database
import Federation
import MatrixAPI
import MatrixModel
import Storage

/// Fetches the pictures of previews and keeps them as media.
struct PreviewPictures: Sendable {
    private static let accept = "image/avif,image/webp,image/png,image/jpeg,image/gif;q=0.9,image/*;q=0.5"

    let serverName: ServerName
    let shelf: MediaShelf
    let fetch: WebFetch
    let reader: PageReader
    let limits: MediaLimits
    let settings: PreviewSettings

    /// The first of the candidates that is a picture; nil where none is, or none came in time.
    func first(of candidates: [PageSummary.Candidate], deadline: Int) async throws -> PreviewImage? {
        for candidate in candidates.prefix(settings.pictureTries) {
            if let known = try await known(candidate.url) { return known }
            let found: WebFetch.Found
            do {
                found = try await fetch.get(candidate.url, accept: PreviewPictures.accept, deadline: deadline)
            } catch {
                // A preview without its picture is better than none.
                try Task.checkCancellation()
                continue
            }
            guard found.kind == .picture || found.kind == .other else { continue }
            if let image = try await keep(found, of: candidate.url, isChosen: candidate.isChosen) { return image }
        }
        return nil
    }

    /// Keeps a picture that was fetched; nil where it is none that is worth showing.
    func keep(_ found: WebFetch.Found, of url: WebURL, isChosen: Bool) async throws -> PreviewImage? {
        guard found.file.count > 0, let measures = try await reader.measures(of: found.file) else { return nil }
        let smallest = isChosen ? 2 : PageSummary.smallestPicture
        guard measures.width >= smallest, measures.height >= smallest else { return nil }
        guard let id = MediaID(text: shelf.environment.randomToken(bytes: 18)) else { return nil }
        let image = PreviewImage(
            reference: MediaReference(server: serverName, id: id), contentType: measures.contentType, width: measures.width,
            height: measures.height, bytes: found.file.count)
        try await shelf.put(
            found.file, as: image.reference, MediaShelf.Description(contentType: image.contentType, fileName: nil), from: nil)
        let now = shelf.environment.nowMilliseconds()
        // The content may be quarantined under another name.
        let state = try await shelf.database.read { [serverName] in try MediaStore($0).media(serverName, id.description, at: now)?.state }
        guard state == .clean else { return nil }
        let expires = now + settings.mostFreshMilliseconds
        let stored = StoredPreview.Image(
            id: id.description, contentType: image.contentType, width: image.width, height: image.height, bytes: image.bytes)
        try await shelf.database.write { try PreviewStore($0).put(stored, of: url.description, expires: expires) }
        try await shelf.trimCopies(to: limits.copiesBytes, sparing: image.reference)
        return image
    }

    private func known(_ url: WebURL) async throws -> PreviewImage? {
        let (serverName, now) = (serverName, shelf.environment.nowMilliseconds())
        let stored = try await shelf.database.read { try PreviewStore($0).image(url.description, of: serverName, at: now) }
        guard let stored, let id = MediaID(text: stored.id) else { return nil }
        return PreviewImage(
            reference: MediaReference(server: serverName, id: id), contentType: stored.contentType, width: stored.width,
            height: stored.height, bytes: stored.bytes)
    }
}

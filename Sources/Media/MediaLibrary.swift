import Database
import MatrixAPI
import MatrixModel
import Storage

/// Finds content: here, or on the server that it is from.
struct MediaLibrary: Sendable {
    /// Who asks.
    enum Reader: Sendable {
        /// A person of this server.
        case user
        /// Anybody, over the deprecated endpoints.
        case anybody
        /// Another server, which gets what is this server's own.
        case peer
    }

    /// Content that may be served.
    struct Item: Sendable {
        let reference: MediaReference
        let hash: ContentHash
        let file: OpenFile
        let contentType: String
        let fileName: String?
        let isRemote: Bool
    }

    /// How far the note of when media was used may lag behind: copies may go soon, uploads hardly ever.
    private static let accessNoteMilliseconds = 3_600_000
    private static let uploadAccessNoteMilliseconds = 24 * 3_600_000

    let serverName: ServerName
    let shelf: MediaShelf
    let arrivals: ArrivalWatch
    let remote: RemoteMedia?
    let limits: MediaLimits
    /// Whether the deprecated endpoints serve everything, rather than what was opened to all.
    let isUnfrozen: Bool

    /// The content of that name, awaited or fetched where it has to be.
    func find(_ reference: MediaReference, for reader: Reader, patience: MediaPatience) async throws -> Item {
        let isRemote = reference.server != serverName
        let wait = arrivals.wait(for: reference)
        var media = try await load(reference)
        if media == nil, isRemote {
            try await fetch(reference, for: reader, patience: patience)
            media = try await load(reference)
        }
        if let found = media, found.state == .reserved, mayHave(found, reader) {
            try await sleep(until: wait, milliseconds: min(patience.timeoutMilliseconds, limits.waitMilliseconds))
            media = try await load(reference)
        }
        guard let media, mayHave(media, reader) else { throw MediaError.notFound }
        switch media.state {
        case .reserved, .received: throw MediaError.notYetUploaded
        case .quarantined: throw MediaError.notFound
        case .clean: return try await open(media, reference, for: reader, patience: patience)
        }
    }

    private func load(_ reference: MediaReference) async throws -> StoredMedia? {
        let now = shelf.environment.nowMilliseconds()
        return try await shelf.database.read { try MediaStore($0).media(reference.server, reference.id.description, at: now) }
    }

    /// "Any media uploaded after (or during) the freeze SHOULD only be accessible through the new, authenticated, endpoints": to this server
    /// all media is such, unless it was opened.
    private func mayHave(_ media: StoredMedia, _ reader: Reader) -> Bool {
        switch reader {
        case .user: true
        case .anybody: media.isOpen || isUnfrozen
        case .peer: media.server == serverName
        }
    }

    private func fetch(_ reference: MediaReference, for reader: Reader, patience: MediaPatience) async throws {
        switch reader {
        case .user: break
        // A copy made now would be frozen at once.
        case .anybody: guard isUnfrozen else { throw MediaError.notFound }
        case .peer: throw MediaError.notFound
        }
        guard let remote, patience.allowsRemote else { throw MediaError.notFound }
        try await remote.fetch(reference, waitingMilliseconds: min(patience.timeoutMilliseconds, limits.waitMilliseconds))
    }

    private func sleep(until wait: ArrivalWatch.Wait, milliseconds: Int) async throws {
        guard milliseconds > 0 else { return }
        let environment = shelf.environment
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await wait.arrived() }
            group.addTask { try await environment.sleep(milliseconds) }
            try await group.next()
            group.cancelAll()
        }
    }

    private func open(
        _ media: StoredMedia, _ reference: MediaReference, for reader: Reader, patience: MediaPatience
    ) async throws -> Item {
        guard let content = media.content else { throw MediaError.notFound }
        let hash = ContentHash(bytes: content.hash)
        var file = try shelf.folder.content(hash)
        let isRemote = reference.server != serverName
        if file == nil, isRemote {
            // Somebody has removed the file by hand; the other server has it still.
            try await fetch(reference, for: reader, patience: patience)
            file = try shelf.folder.content(hash)
        }
        guard let file else { throw MediaError.notFound }
        try await noteUse(of: media)
        return Item(
            reference: reference, hash: hash, file: file, contentType: MediaHeaders.contentType(content.contentType),
            fileName: content.fileName, isRemote: isRemote)
    }

    private func noteUse(of media: StoredMedia) async throws {
        let now = shelf.environment.nowMilliseconds()
        let lag = media.uploader == nil ? MediaLibrary.accessNoteMilliseconds : MediaLibrary.uploadAccessNoteMilliseconds
        guard now - media.accessed > lag else { return }
        try await shelf.database.write { try MediaStore($0).touch(media.server, media.id, at: now) }
    }
}

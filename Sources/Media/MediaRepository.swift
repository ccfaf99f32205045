public import Database
public import Federation
public import Logging
public import MatrixAPI
public import MatrixModel
import NIOPosix
import Storage

/// The media repository: content of this server's people and copies of other servers' (client-server API, "Content repository").
public final class MediaRepository: Sendable {
    /// What an operator decides.
    public struct Settings: Sendable {
        public var limits = MediaLimits()
        /// Whether the deprecated endpoints serve all media without an account, as before Matrix 1.11.
        public var allowsUnauthenticatedDownloads = false

        public var retention = MediaRetention()
        public var previews = PreviewSettings()
        /// Where links may lead.
        public var web = WebClient.Options()

        public init() {}
    }

    /// Threads that wait for disks, and for processes that read pages.
    private static let fileThreads = 2
    private static let readerThreads = 2

    private let serverName: ServerName
    private let shelf: MediaShelf
    private let uploads: UploadService
    private let library: MediaLibrary
    private let thumbnails: Thumbnails
    private let settings: Settings
    private let filePool: NIOThreadPool
    private let decoderPool: NIOThreadPool
    private let readerPool: NIOThreadPool
    private let previews: LinkPreviews?

    /// `decoder` is the command that obeys a `DecoderOrder` in its further words; `client` is nil where federation is off, `web` where nothing
    /// is fetched from the web.
    public init(
        serverName: ServerName, database: Database, folder: MediaFolder, client: FederationClient?, web: WebClient? = nil, decoder: [String],
        settings: Settings, environment: Environment
    ) {
        self.serverName = serverName
        self.settings = settings
        filePool = NIOThreadPool(numberOfThreads: MediaRepository.fileThreads)
        decoderPool = NIOThreadPool(numberOfThreads: settings.limits.thumbnailsAtOnce)
        readerPool = NIOThreadPool(numberOfThreads: MediaRepository.readerThreads)
        filePool.start()
        decoderPool.start()
        readerPool.start()
        let shelf = MediaShelf(database: database, folder: folder, pool: filePool, environment: environment)
        let arrivals = ArrivalWatch()
        self.shelf = shelf
        uploads = UploadService(serverName: serverName, shelf: shelf, arrivals: arrivals, limits: settings.limits)
        library = MediaLibrary(
            serverName: serverName, shelf: shelf, arrivals: arrivals,
            remote: client.map { RemoteMedia(client: $0, web: web, shelf: shelf, limits: settings.limits) }, limits: settings.limits,
            isUnfrozen: settings.allowsUnauthenticatedDownloads)
        let process = DecoderProcess(command: decoder)
        thumbnails = Thumbnails(folder: folder, decoder: process, limits: settings.limits, pool: decoderPool)
        let readerPool = self.readerPool
        previews =
            settings.previews.isEnabled
            ? web.map {
                LinkPreviews(
                    serverName: serverName, shelf: shelf, client: $0, decoder: process, pool: readerPool, limits: settings.limits,
                    settings: settings.previews)
            } : nil
    }

    /// Ends the threads.
    public func shutDown() async {
        try? await filePool.shutdownGracefully()
        try? await decoderPool.shutdownGracefully()
        try? await readerPool.shutdownGracefully()
    }

    /// Takes the content of that name out of circulation, under all names that it has or gets. Gives how many it has; nil where there is no
    /// such content.
    @discardableResult
    public func quarantine(_ reference: MediaReference, reason: String) async throws -> Int? {
        let now = shelf.environment.nowMilliseconds()
        return try await shelf.database.write { transaction in
            let store = MediaStore(transaction)
            guard let content = try store.media(reference.server, reference.id.description, at: now)?.content else { return nil }
            return try store.quarantine(content.hash, reason: reason, at: now)
        }
    }

    /// Forgets a piece of media, and its content where nothing else has it. Gives whether there was such a piece.
    @discardableResult
    public func delete(_ reference: MediaReference) async throws -> Bool {
        let now = shelf.environment.nowMilliseconds()
        let found = try await shelf.database.write { transaction in
            let store = MediaStore(transaction)
            let media = try store.media(reference.server, reference.id.description, at: now)
            if media != nil { try store.delete(reference.server, reference.id.description) }
            return media
        }
        if let content = found?.content { try await shelf.removeUnused([ContentHash(bytes: content.hash)]) }
        return found != nil
    }

    /// What removes old media while the server runs.
    public func upkeep(logger: Logger) -> MediaUpkeep {
        MediaUpkeep(serverName: serverName, shelf: shelf, retention: settings.retention, previews: settings.previews, logger: logger)
    }

    /// Puts the content of that name back into circulation.
    public func release(_ reference: MediaReference) async throws {
        let now = shelf.environment.nowMilliseconds()
        try await shelf.database.write { transaction in
            let store = MediaStore(transaction)
            guard let content = try store.media(reference.server, reference.id.description, at: now)?.content else { return }
            try store.release(content.hash)
        }
    }

    /// All routes of the repository.
    public var routes: RouteTable {
        var table = RouteTable()
        bindUploads(&table)
        bindDownloads(&table)
        bindPeers(&table)
        let previews = self.previews
        table.on(GetURLPreview.self) { caller, request in
            guard let previews else { throw MediaError.previewsAreOff }
            return URLPreviewResponse(document: try await previews.preview(of: request.url, at: request.time, for: caller.user))
        }
        return table
    }

    private func bindUploads(_ table: inout RouteTable) {
        let (uploads, maximum) = (uploads, settings.limits.uploadBytes)
        table.on(UploadMedia.self) { caller, request in
            UploadMedia.Response(content: try await uploads.upload(request.content, by: caller.user))
        }
        table.on(CreateMedia.self) { caller, _ in try await uploads.create(by: caller.user) }
        table.on(UploadCreatedMedia.self) { caller, request in
            try await uploads.upload(request.content, to: request.reference, by: caller.user)
            return EmptyResponse()
        }
        table.on(GetMediaConfiguration.self) { _, _ in MediaConfigurationResponse(maximumUploadBytes: maximum) }
    }

    private func bindDownloads(_ table: inout RouteTable) {
        table.on(DownloadMedia.self) { _, request in try await self.download(request, for: .user) }
        table.on(DownloadMediaAs.self) { _, request in try await self.download(request.download, as: request.fileName, for: .user) }
        table.on(DownloadFrozenMedia.self) { _, request in try await self.download(request, for: .anybody) }
        table.on(DownloadFrozenMediaAs.self) { _, request in try await self.download(request.download, as: request.fileName, for: .anybody) }
        table.on(GetMediaThumbnail.self) { _, request in
            try await self.thumbnail(request.reference, request.form, request.patience, for: .user)
        }
        table.on(GetFrozenMediaThumbnail.self) { _, request in
            try await self.thumbnail(request.reference, request.form, request.patience, for: .anybody)
        }
    }

    /// A smaller picture, as the endpoint gives it to people of this server, for services that vouch for whoever asks.
    public func picture(of reference: MediaReference, _ form: ThumbnailForm) async throws -> MediaResponse {
        try await thumbnail(
            reference, form, MediaPatience(timeoutMilliseconds: MediaRepository.pictureMilliseconds, allowsRemote: true), for: .user)
    }

    /// How long a service waits for a picture that is not uploaded yet.
    private static let pictureMilliseconds = 5000

    private func bindPeers(_ table: inout RouteTable) {
        let (serverName, environment) = (serverName, shelf.environment)
        table.on(PeerMediaDownload.self) { _, request in
            let reference = MediaReference(server: serverName, id: request.id)
            let item = try await self.library.find(reference, for: .peer, patience: request.patience)
            return PeerMediaResponse(self.whole(item, as: item.fileName, for: .peer), boundary: environment.randomToken(bytes: 24))
        }
        table.on(PeerMediaThumbnail.self) { _, request in
            let reference = MediaReference(server: serverName, id: request.id)
            let picture = try await self.thumbnail(reference, request.form, request.patience, for: .peer)
            return PeerMediaResponse(picture, boundary: environment.randomToken(bytes: 24))
        }
    }

    private func download(
        _ request: DownloadRequest, as fileName: String? = nil, for reader: MediaLibrary.Reader
    ) async throws -> MediaResponse {
        let item = try await library.find(request.reference, for: reader, patience: request.patience)
        return whole(item, as: fileName ?? item.fileName, for: reader)
    }

    private func whole(
        _ item: MediaLibrary.Item, as fileName: String?, type: String? = nil, for reader: MediaLibrary.Reader
    ) -> MediaResponse {
        let contentType = type ?? item.contentType
        return MediaResponse(
            source: item.file.source(allowsRanges: true), contentType: contentType,
            headers: MediaHeaders.fields(contentType: contentType, fileName: fileName, tag: item.hash.hex, isPublic: reader == .anybody))
    }

    private func thumbnail(
        _ reference: MediaReference, _ form: ThumbnailForm, _ patience: MediaPatience, for reader: MediaLibrary.Reader
    ) async throws -> MediaResponse {
        let item = try await library.find(reference, for: reader, patience: patience)
        switch try await thumbnails.picture(of: item, form) {
        case .original(let contentType): return whole(item, as: item.fileName, type: contentType, for: reader)
        case .thumbnail(let file, let contentType):
            let form = form.stepped
            return MediaResponse(
                source: file.source(allowsRanges: true), contentType: contentType,
                headers: MediaHeaders.fields(
                    contentType: contentType, fileName: "thumbnail." + contentType.dropFirst("image/".count),
                    tag: "\(item.hash.hex)-\(form.width)x\(form.height)-\(form.fit.rawValue)\(form.isAnimated ? "-animated" : "")",
                    isPublic: reader == .anybody))
        }
    }
}

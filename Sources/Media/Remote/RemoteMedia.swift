import Federation
import MatrixAPI
import MatrixModel
import NIOPosix
import Storage

/// Copies other servers' media to this one; requests for one piece share one download.
struct RemoteMedia: Sendable {
    private static let pieceBytes = 256 << 10
    /// Time for content that another server has elsewhere.
    private static let elsewhereMilliseconds = 300_000

    private let client: FederationClient
    private let web: WebClient?
    private let shelf: MediaShelf
    private let limits: MediaLimits
    private let flights = SingleFlight<MediaReference, Bool>()

    /// Where `web` is nil, content that other servers have elsewhere is not fetched.
    init(client: FederationClient, web: WebClient?, shelf: MediaShelf, limits: MediaLimits) {
        self.client = client
        self.web = web
        self.shelf = shelf
        self.limits = limits
    }

    /// Fetches the media and stores it as a copy.
    func fetch(_ reference: MediaReference, waitingMilliseconds: Int) async throws {
        _ = try await flights.run(reference) {
            try await download(reference, waitingMilliseconds: waitingMilliseconds)
            try await shelf.trimCopies(to: limits.copiesBytes, sparing: reference)
            return true
        }
    }

    private func download(_ reference: MediaReference, waitingMilliseconds: Int) async throws {
        let file = try shelf.folder.incoming()
        let sink = AnswerSink(begin: { try file.restart() }, write: { try file.write($0) })
        let downloaded: DownloadedMedia
        do {
            downloaded = try await client.download(
                media: reference.id.description, from: reference.server, maximumBytes: limits.remoteBytes,
                waitingMilliseconds: waitingMilliseconds, into: sink)
        } catch {
            throw RemoteMedia.told(error)
        }
        guard downloaded.isMultipart else {
            return try await store(file, reference, type: downloaded.contentType, disposition: downloaded.contentDisposition)
        }
        let (content, envelope) = try await unwrap(file, contentType: downloaded.contentType)
        if let location = envelope.location { return try await fetch(reference, from: location, envelope) }
        try await store(content, reference, type: envelope.contentType, disposition: envelope.contentDisposition)
    }

    private func store(_ file: IncomingFile, _ reference: MediaReference, type: String?, disposition: String?) async throws {
        guard file.count <= limits.remoteBytes else { throw MediaError.remoteTooLarge }
        try await shelf.put(
            file, as: reference, MediaShelf.Description(contentType: type, fileName: DispositionParser.fileName(disposition)), from: nil)
    }

    /// Copies the content out of its envelope.
    private func unwrap(_ file: IncomingFile, contentType: String?) async throws -> (IncomingFile, MultipartEnvelope) {
        let content = try shelf.folder.incoming()
        return try await shelf.pool.runIfActive {
            let envelope = try MultipartEnvelope(contentType: contentType, count: file.count) { offset, count in try file.read(offset, count) }
            guard let envelope else {
                throw MatrixError(502, .unknown, "The other server gave the content in a form that is not understood.")
            }
            var offset = envelope.contentStart
            while offset < envelope.contentEnd {
                let piece = try file.read(offset, min(RemoteMedia.pieceBytes, envelope.contentEnd - offset))
                guard !piece.isEmpty else { throw MatrixError.internalError() }
                try content.write(piece[...])
                offset += piece.count
            }
            return (content, envelope)
        }
    }

    /// Fetches content from where its server says that it is; "the URL at Location SHOULD have appropriate Content-Type and
    /// Content-Disposition headers".
    private func fetch(_ reference: MediaReference, from location: String, _ envelope: MultipartEnvelope) async throws {
        guard let url = WebURL(location), let web else { throw RemoteMedia.nowhere }
        let file = try shelf.folder.incoming()
        let maximumBytes = limits.remoteBytes
        let sink = AnswerSink(beginning: { _ in try file.restart() }) { piece in
            guard file.count + piece.count <= maximumBytes else { throw MediaError.remoteTooLarge }
            try file.write(piece)
        }
        let found: WebClient.Answer
        do {
            found = try await web.get(
                url, headers: [("Accept", "*/*")], timeoutMilliseconds: RemoteMedia.elsewhereMilliseconds, maximumBytes: maximumBytes, into: sink)
        } catch .transport(.answerTooLarge), .transport(.notStored) {
            throw MediaError.remoteTooLarge
        } catch {
            throw MatrixError(502, .unknown, "The content could not be fetched from where the other server has it: \(error).")
        }
        guard found.answer.status == 200 else { throw found.answer.status == 404 ? MediaError.notFound : RemoteMedia.nowhere }
        try await store(
            file, reference, type: found.answer.header("content-type") ?? envelope.contentType,
            disposition: found.answer.header("content-disposition") ?? envelope.contentDisposition)
    }

    private static var nowhere: MatrixError { MatrixError(502, .unknown, "The content is not where the other server says that it is.") }

    /// What a client is told of a failed download.
    private static func told(_ error: FederationError) -> MatrixError {
        switch error {
        case .transport(_, .answerTooLarge): return MediaError.remoteTooLarge
        case .refused(_, let refusal):
            if refusal.code == .tooLarge { return MediaError.remoteTooLarge }
            if refusal.code == .notYetUploaded { return MediaError.notYetUploaded }
            if refusal.status == 404 { return MediaError.notFound }
            return MatrixError(502, .unknown, error.description)
        case .noServer: return MediaError.notFound
        case .transport, .malformed: return MatrixError(502, .unknown, error.description)
        }
    }
}

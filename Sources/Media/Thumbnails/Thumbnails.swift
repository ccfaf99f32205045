import Federation
import MatrixAPI
import MatrixModel
import NIOPosix
import Synchronization

/// Makes thumbnails, each once, and keeps them beside the content.
final class Thumbnails: Sendable {
    /// What there is to serve where a thumbnail is asked for.
    enum Picture: Sendable {
        case thumbnail(OpenFile, contentType: String)
        /// "When the content is smaller than the requested dimensions, servers should return the original content rather than thumbnail it."
        case original(contentType: String)
    }

    private struct Key: Hashable, Sendable {
        let hash: ContentHash
        let form: ThumbnailForm
    }

    private let folder: MediaFolder
    private let decoder: DecoderProcess
    private let limits: MediaLimits
    private let pool: NIOThreadPool
    private let flights = SingleFlight<Key, Bool>()
    private let waiting = Mutex(0)

    /// `pool` has as many threads as pictures may be decoded at once.
    init(folder: MediaFolder, decoder: DecoderProcess, limits: MediaLimits, pool: NIOThreadPool) {
        self.folder = folder
        self.decoder = decoder
        self.limits = limits
        self.pool = pool
    }

    /// The thumbnail of an item, made where it is not there yet.
    func picture(of item: MediaLibrary.Item, _ form: ThumbnailForm) async throws -> Picture {
        let form = form.stepped
        if let file = try folder.thumbnail(item.hash, form) { return try read(file, item) }
        _ = try await flights.run(Key(hash: item.hash, form: form)) {
            try await self.make(item, form)
            return true
        }
        guard let file = try folder.thumbnail(item.hash, form) else { throw MediaError.noThumbnail }
        return try read(file, item)
    }

    private func make(_ item: MediaLibrary.Item, _ form: ThumbnailForm) async throws {
        let isAdmitted = waiting.withLock { waiting in
            guard waiting < limits.waitingThumbnails else { return false }
            waiting += 1
            return true
        }
        guard isAdmitted else { throw MediaError.busy }
        defer { waiting.withLock { $0 -= 1 } }
        let order = DecoderOrder(form, limits: limits)
        let (folder, decoder) = (folder, decoder)
        let outcome = try await pool.runIfActive {
            let output = try folder.incoming()
            let outcome = decoder.run(order, input: item.file.descriptor, output: output.descriptor)
            if let verdict = Verdict(outcome) {
                // The verdict on a picture does not change; it is kept in the place of the thumbnail, so that it is reached once.
                try output.restart()
                try output.write(Array(verdict.rawValue.utf8)[...])
            }
            if outcome != .unavailable { try folder.place(output, asThumbnailOf: item.hash, form) }
            return outcome
        }
        guard outcome != .unavailable else { throw MediaError.noThumbnail }
    }

    /// What is written in the place of a thumbnail that is none.
    private enum Verdict: String {
        case original, impossible
        case tooLarge = "too large"

        /// More than the longest of them, and less than any picture.
        static let maximumBytes = 16

        init?(_ outcome: DecoderProcess.Outcome) {
            switch outcome {
            case .made, .unavailable: return nil
            case .original: self = .original
            case .impossible: self = .impossible
            case .tooLarge: self = .tooLarge
            }
        }
    }

    private func read(_ file: OpenFile, _ item: MediaLibrary.Item) throws -> Picture {
        let head = try file.read(0, Verdict.maximumBytes)
        if file.count < Verdict.maximumBytes {
            switch Verdict(rawValue: String(decoding: head, as: UTF8.self)) {
            case .original: return .original(contentType: Thumbnails.contentType(try item.file.read(0, 1)))
            case .tooLarge: throw MediaError.pictureTooLarge(isRemote: item.isRemote)
            case .impossible, nil: throw MediaError.noThumbnail
            }
        }
        return .thumbnail(file, contentType: Thumbnails.contentType(head))
    }

    /// The type of a thumbnail by its first bytes: decoders write JPEG, PNG and WebP, and of a GIF it may be the original. What its sender says
    /// of the original does not count: it was looked at.
    private static func contentType(_ head: [UInt8]) -> String {
        switch head.first {
        case 0x89: "image/png"
        case UInt8(ascii: "R"): "image/webp"
        case UInt8(ascii: "G"): "image/gif"
        default: "image/jpeg"
        }
    }
}

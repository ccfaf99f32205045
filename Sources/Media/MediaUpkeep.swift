import Database
import Logging
import MatrixModel
import NIOPosix
public import ServiceLifecycle
import Storage

/// Removes, while the server runs, what is not to be kept: names without content that have lapsed, previews and media that are too old, and
/// files that no media has, as a crash leaves them behind.
public struct MediaUpkeep: Service {
    private static let pauseMilliseconds = 5 * 60_000
    private static let removedAtOnce = 500
    private static let parts = 256
    /// A file this young may be about to get its row.
    private static let youngMilliseconds = 3_600_000
    private static let filesAtOnce = 20_000

    let serverName: ServerName
    let shelf: MediaShelf
    let retention: MediaRetention
    let previews: PreviewSettings
    let logger: Logger

    public func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                do {
                    try await tidy()
                } catch let error as CancellationError {
                    throw error
                } catch {
                    logger.error("media could not be tidied", metadata: ["error": "\(error)"])
                }
                try await shelf.environment.sleep(MediaUpkeep.pauseMilliseconds)
            }
        }
    }

    /// Removes what is due now.
    func tidy() async throws {
        let now = shelf.environment.nowMilliseconds()
        let keptSince = now - previews.keptMilliseconds
        try await shelf.database.write { transaction in
            try MediaStore(transaction).deleteLapsed(at: now)
            try PreviewStore(transaction).deleteExpired(before: keptSince)
        }
        for kind in MediaStore.Kind.allCases {
            guard let lifetime = lifetime(of: kind) else { continue }
            try await removeUnused(kind, since: now - lifetime)
        }
        try await removeOrphans(inPart: UInt8(now / MediaUpkeep.pauseMilliseconds % MediaUpkeep.parts), at: now)
    }

    private func lifetime(of kind: MediaStore.Kind) -> Int? {
        switch kind {
        case .copies: retention.copiesMilliseconds
        case .previewPictures: retention.previewPicturesMilliseconds
        case .uploads: retention.uploadsMilliseconds
        }
    }

    private func removeUnused(_ kind: MediaStore.Kind, since time: Int) async throws {
        let serverName = self.serverName
        while true {
            let hashes = try await shelf.database.write {
                try MediaStore($0).deleteUnused(kind, of: serverName, since: time, atMost: MediaUpkeep.removedAtOnce)
            }
            let removed = try await shelf.removeUnused(hashes.map { ContentHash(bytes: $0) })
            guard !hashes.isEmpty else { return }
            logger.info("old media removed", metadata: ["pieces": "\(hashes.count)", "files": "\(removed)"])
            guard hashes.count == MediaUpkeep.removedAtOnce else { return }
        }
    }

    /// Each run looks at one part of the folder, so that all of it is seen within a day.
    func removeOrphans(inPart part: UInt8, at now: Int) async throws {
        let folder = shelf.folder
        let before = (now - MediaUpkeep.youngMilliseconds) / 1_000
        let hashes = try await shelf.pool.runIfActive { folder.contents(inPart: part, before: before, atMost: MediaUpkeep.filesAtOnce) }
        let removed = try await removeInPortions(hashes)
        if removed > 0 { logger.info("files without media removed", metadata: ["files": "\(removed)"]) }
    }

    private func removeInPortions(_ hashes: [ContentHash]) async throws -> Int {
        var removed = 0
        var rest = hashes[...]
        while !rest.isEmpty {
            let portion = Array(rest.prefix(MediaUpkeep.removedAtOnce))
            rest = rest.dropFirst(portion.count)
            // Most are in use: that is asked without holding up those who write.
            let orphans = try await shelf.database.read { transaction in
                try portion.filter { try !MediaStore(transaction).isInUse($0.bytes) }
            }
            removed += try await shelf.removeUnused(orphans)
        }
        return removed
    }
}

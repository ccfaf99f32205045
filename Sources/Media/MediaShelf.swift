import Database
import MatrixAPI
import MatrixModel
import NIOPosix
import Storage

/// Puts content that has come in into its place, with the row that names it.
struct MediaShelf: Sendable {
    /// The file of the content was removed before its row was written: it is to be placed again.
    private struct Vanished: Error {}
    private static let tries = 3

    let database: Database
    let folder: MediaFolder
    let pool: NIOThreadPool
    let environment: Environment

    /// Content with what its sender says of it.
    struct Description: Sendable {
        let contentType: String?
        let fileName: String?
    }

    /// Stores the content; where `uploader` is nil, as a copy of another server's. `check` runs in the same transaction, before.
    func put(
        _ file: IncomingFile, as reference: MediaReference, _ description: Description, from uploader: UserID?,
        check: @escaping @Sendable (Transaction) throws -> Void = { _ in }
    ) async throws {
        let folder = self.folder
        for attempt in 1...MediaShelf.tries {
            let (hash, count) = try await pool.runIfActive {
                let finished = try file.finish()
                try folder.place(file, as: finished.hash)
                return finished
            }
            let content = StoredMedia.Content(
                hash: hash.bytes, bytes: count, contentType: description.contentType, fileName: description.fileName)
            let now = environment.nowMilliseconds()
            do {
                return try await database.write { transaction in
                    try check(transaction)
                    guard folder.holds(hash) else { throw Vanished() }
                    let store = MediaStore(transaction)
                    try store.receive(reference.server, reference.id.description, from: uploader, content: content, at: now)
                    // No scanner is asked yet: what was received and is not quarantined may be served.
                    try store.clear(reference.server, reference.id.description)
                }
            } catch is Vanished where attempt < MediaShelf.tries {}
        }
    }

    /// Forgets the copies that are too many beside the one that just came, and removes content that no name has any more.
    func trimCopies(to maximumBytes: Int, sparing reference: MediaReference) async throws {
        let unused = try await database.write {
            try MediaStore($0).trimCopies(to: maximumBytes, sparing: reference.server, reference.id.description)
        }
        try await removeUnused(unused.map { ContentHash(bytes: $0) })
    }

    /// Removes those of the contents that no name has. Gives how many there were.
    @discardableResult
    func removeUnused(_ hashes: [ContentHash]) async throws -> Int {
        guard !hashes.isEmpty else { return 0 }
        let folder = self.folder
        // Within a transaction, so that no row for the content can be written between the question and the removal.
        return try await database.write { transaction in
            var removed = 0
            for hash in hashes where try !MediaStore(transaction).isInUse(hash.bytes) {
                folder.remove(hash)
                removed += 1
            }
            return removed
        }
    }
}

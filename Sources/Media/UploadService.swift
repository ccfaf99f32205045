import Database
import MatrixAPI
import MatrixModel
import Storage

/// Takes content in.
struct UploadService: Sendable {
    /// Longest file name that is kept, in bytes.
    private static let fileNameBytes = 1_024

    let serverName: ServerName
    let shelf: MediaShelf
    let arrivals: ArrivalWatch
    let limits: MediaLimits

    /// Stores new content and names it.
    func upload(_ content: UploadedContent, by user: UserID) async throws -> MediaReference {
        let file = try await receive(content, by: user)
        let reference = try makeReference()
        try await shelf.put(file, as: reference, try description(of: content), from: user, check: quota(user, file.count))
        return reference
    }

    /// Takes a name for content that comes later.
    func create(by user: UserID) async throws -> CreateMedia.Response {
        let reference = try makeReference()
        let now = shelf.environment.nowMilliseconds()
        let expires = now + limits.reservationMilliseconds
        let maximum = limits.pendingUploads
        try await shelf.database.write { transaction in
            let store = MediaStore(transaction)
            try store.deleteLapsed(at: now)
            guard try store.pendingReservations(of: user, at: now) < maximum else {
                throw MatrixError(
                    429, .limitExceeded, "Too many uploads are pending: upload their content first.", extra: ["retry_after_ms": 60_000])
            }
            try store.reserve(reference.server, reference.id.description, for: user, at: now, expires: expires)
        }
        return CreateMedia.Response(content: reference, unusedExpiresAt: expires)
    }

    /// Stores the content of a name taken before.
    func upload(_ content: UploadedContent, to reference: MediaReference, by user: UserID) async throws {
        guard reference.server == serverName else { throw MediaError.notFound }
        let now = shelf.environment.nowMilliseconds()
        let check: @Sendable (Transaction) throws -> Void = { transaction in
            guard let media = try MediaStore(transaction).media(reference.server, reference.id.description, at: now) else {
                throw MediaError.notFound
            }
            guard media.uploader == user else { throw MatrixError.forbidden("Another user has taken this name.") }
            guard media.state == .reserved else { throw MediaError.cannotOverwrite }
        }
        try await shelf.database.read(check)
        let file = try await receive(content, by: user)
        let quota = quota(user, file.count)
        try await shelf.put(file, as: reference, try description(of: content), from: user) { transaction in
            try check(transaction)
            try quota(transaction)
        }
        arrivals.arrive(reference)
    }

    /// Looks once more whether there is room, where nobody can upload at the same time.
    private func quota(_ user: UserID, _ bytes: Int) -> @Sendable (Transaction) throws -> Void {
        let maximum = limits.userBytes
        return { transaction in
            guard let maximum, try MediaStore(transaction).bytesUploaded(by: user) + bytes > maximum else { return }
            throw MediaError.overQuota
        }
    }

    private func makeReference() throws -> MediaReference {
        guard let id = MediaID(text: shelf.environment.randomToken(bytes: 18)) else { throw MatrixError.internalError() }
        return MediaReference(server: serverName, id: id)
    }

    private func description(of content: UploadedContent) throws(MatrixError) -> MediaShelf.Description {
        if let name = content.fileName, name.utf8.count > UploadService.fileNameBytes {
            throw .invalidParam("The file name is longer than \(UploadService.fileNameBytes) bytes.")
        }
        return MediaShelf.Description(contentType: content.contentType, fileName: content.fileName)
    }

    /// Writes the body into a file as it comes in.
    private func receive(_ content: UploadedContent, by user: UserID) async throws -> IncomingFile {
        _ = try description(of: content)
        let used = limits.userBytes == nil ? 0 : try await shelf.database.read { try MediaStore($0).bytesUploaded(by: user) }
        let left = (limits.userBytes ?? .max) - used
        if let announced = content.body.announcedBytes { try admit(announced, left: left) }
        let file = try shelf.folder.incoming()
        try await content.body.forEach { piece in
            try admit(file.count + piece.count, left: left)
            try file.write(piece)
        }
        return file
    }

    private func admit(_ bytes: Int, left: Int) throws(MatrixError) {
        guard bytes <= limits.uploadBytes else { throw MediaError.uploadTooLarge }
        guard bytes <= left else { throw MediaError.overQuota }
    }
}

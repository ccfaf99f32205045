public import Database
public import MatrixModel

/// The media of this server and copies of other servers' media: everything but the bytes.
public struct MediaStore {
    let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// The media of that name; nil where unknown, or where its reservation has lapsed.
    public func media(_ server: ServerName, _ id: String, at now: Int) throws -> StoredMedia? {
        try transaction.first(
            """
            SELECT server, media_id, state, uploader, is_open, expires, hash, bytes, content_type, file_name, accessed
            FROM media WHERE server = \(server) AND media_id = \(id) AND (expires IS NULL OR expires > \(now))
            """, decode)
    }

    /// Takes a name for content that comes later.
    public func reserve(_ server: ServerName, _ id: String, for uploader: UserID, at now: Int, expires: Int) throws {
        try transaction.execute(
            """
            INSERT INTO media (server, media_id, state, uploader, is_local, created, expires, accessed)
            VALUES (\(server), \(id), \(StoredMedia.State.reserved.rawValue), \(uploader), 1, \(now), \(expires), \(now))
            """)
    }

    /// How many names a user has taken that have no content yet.
    public func pendingReservations(of user: UserID, at now: Int) throws -> Int {
        try transaction.first(
            """
            SELECT count(*) FROM media
            WHERE uploader = \(user) AND state = \(StoredMedia.State.reserved.rawValue) AND expires > \(now)
            """)?.integer(0) ?? 0
    }

    /// Removes the reservations that have lapsed.
    public func deleteLapsed(at now: Int) throws {
        try transaction.execute("DELETE FROM media WHERE expires <= \(now)")
    }

    /// Notes the content of a new piece of media, or of a reservation; of content that is quarantined it is quarantined at once.
    ///
    /// `uploader` is nil for a copy of another server's media.
    public func receive(_ server: ServerName, _ id: String, from uploader: UserID?, content: StoredMedia.Content, at now: Int) throws {
        let state: StoredMedia.State = try isQuarantined(content.hash) ? .quarantined : .received
        try transaction.execute(
            """
            INSERT INTO media (server, media_id, state, uploader, is_local, created, accessed, hash, bytes, content_type, file_name)
            VALUES (\(server), \(id), \(state.rawValue), \(uploader?.description), \(uploader != nil), \(now), \(now), \(content.hash),
                \(content.bytes), \(content.contentType), \(content.fileName))
            ON CONFLICT (server, media_id) DO UPDATE
            SET state = excluded.state, expires = NULL, accessed = excluded.accessed, hash = excluded.hash, bytes = excluded.bytes,
                content_type = excluded.content_type, file_name = excluded.file_name
            """)
    }

    /// Lets received media be served; what is quarantined stays so.
    public func clear(_ server: ServerName, _ id: String) throws {
        try transaction.execute(
            """
            UPDATE media SET state = \(StoredMedia.State.clean.rawValue)
            WHERE server = \(server) AND media_id = \(id) AND state = \(StoredMedia.State.received.rawValue)
            """)
    }

    /// Takes content out of circulation, under all its names and those it will get. Gives how many names it has.
    @discardableResult
    public func quarantine(_ hash: [UInt8], reason: String, at now: Int) throws -> Int {
        try transaction.execute(
            """
            INSERT INTO quarantined_content (hash, quarantined, reason) VALUES (\(hash), \(now), \(reason))
            ON CONFLICT (hash) DO UPDATE SET reason = excluded.reason
            """)
        return try transaction.execute(
            "UPDATE media SET state = \(StoredMedia.State.quarantined.rawValue) WHERE hash = \(hash)")
    }

    /// Puts content back into circulation.
    public func release(_ hash: [UInt8]) throws {
        try transaction.execute("DELETE FROM quarantined_content WHERE hash = \(hash)")
        try transaction.execute("UPDATE media SET state = \(StoredMedia.State.clean.rawValue) WHERE hash = \(hash)")
    }

    private func isQuarantined(_ hash: [UInt8]) throws -> Bool {
        try transaction.first("SELECT 1 FROM quarantined_content WHERE hash = \(hash)") != nil
    }

    /// Opens or closes a piece of media to callers without an account.
    public func setOpen(_ isOpen: Bool, _ server: ServerName, _ id: String) throws {
        try transaction.execute("UPDATE media SET is_open = \(isOpen) WHERE server = \(server) AND media_id = \(id)")
    }

    /// Notes that a copy was used; times before that of the last note change nothing.
    public func touch(_ server: ServerName, _ id: String, at now: Int) throws {
        try transaction.execute(
            "UPDATE media SET accessed = \(now) WHERE server = \(server) AND media_id = \(id) AND accessed < \(now)")
    }

    /// How many bytes a user has uploaded.
    public func bytesUploaded(by user: UserID) throws -> Int {
        try transaction.first("SELECT coalesce(sum(bytes), 0) FROM media WHERE uploader = \(user)")?.integer(0) ?? 0
    }

    /// Whether some name still has that content.
    public func isInUse(_ hash: [UInt8]) throws -> Bool {
        try transaction.first("SELECT 1 FROM media WHERE hash = \(hash) LIMIT 1") != nil
    }

    /// Forgets the copies of other servers' media that were unused for the longest time, until the others have at most `maximumBytes`.
    /// Gives the contents that no name has any more. Quarantined copies are kept: they keep the content from coming back. So is the one that
    /// just came, however large: somebody waits for it.
    public func trimCopies(to maximumBytes: Int, sparing server: ServerName, _ id: String) throws -> [[UInt8]] {
        var excess = (try transaction.first("SELECT coalesce(sum(bytes), 0) FROM media WHERE is_local = 0")?.integer(0) ?? 0) - maximumBytes
        guard excess > 0 else { return [] }
        var removed: [(server: ServerName, id: String, hash: [UInt8])] = []
        let copies = try transaction.map(
            """
            SELECT server, media_id, hash, bytes FROM media
            WHERE is_local = 0 AND state <> \(StoredMedia.State.quarantined.rawValue) AND NOT (server = \(server) AND media_id = \(id))
            ORDER BY accessed LIMIT \(MediaStore.trimmedAtOnce)
            """
        ) { (try $0.server(0), $0.text(1), $0.blob(2), $0.integer(3)) }
        for (server, id, hash, bytes) in copies where excess > 0 {
            try transaction.execute("DELETE FROM media WHERE server = \(server) AND media_id = \(id)")
            removed.append((server, id, hash))
            excess -= bytes
        }
        return try removed.map(\.hash).filter { try !isInUse($0) }
    }

    /// Copies forgotten in one go; what is too much still goes with the next.
    private static let trimmedAtOnce = 1_000

    private func decode(_ row: Row) throws -> StoredMedia {
        guard let state = StoredMedia.State(rawValue: row.integer(2)) else { throw StorageError.corrupt("state of media") }
        let content = row.optionalBlob(6).map {
            StoredMedia.Content(hash: $0, bytes: row.integer(7), contentType: row.optionalText(8), fileName: row.optionalText(9))
        }
        return StoredMedia(
            server: try row.server(0), id: row.text(1), state: state, uploader: row.optionalText(3).flatMap { UserID($0) },
            isOpen: row.bool(4), expires: row.optionalInteger(5), accessed: row.integer(10), content: content)
    }
}

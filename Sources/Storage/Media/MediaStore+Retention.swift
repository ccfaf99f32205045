import Database
public import MatrixModel

/// What goes with time.
extension MediaStore {
    /// Which media is looked at.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// Copies of other servers' media.
        case copies
        /// Pictures that this server fetched for previews of links.
        case previewPictures
        /// What this server's people uploaded.
        case uploads
    }

    /// Forgets media of a kind that was unused since a time, at most so many pieces; gives their contents, each of which another name may still
    /// have. What is quarantined is kept: it keeps the content from coming back.
    public func deleteUnused(_ kind: Kind, of own: ServerName, since time: Int, atMost count: Int) throws -> [[UInt8]] {
        let clean = StoredMedia.State.clean.rawValue
        let decode: (Row) throws -> Name = { Name(server: try $0.server(0), id: $0.text(1), hash: $0.optionalBlob(2)) }
        let unused: [Name]
        switch kind {
        case .copies:
            unused = try transaction.map(
                """
                SELECT server, media_id, hash FROM media
                WHERE is_local = 0 AND accessed < \(time) AND server <> \(own) AND state = \(clean) ORDER BY accessed LIMIT \(count)
                """, decode)
        case .previewPictures:
            unused = try transaction.map(
                """
                SELECT server, media_id, hash FROM media
                WHERE is_local = 0 AND accessed < \(time) AND server = \(own) AND state = \(clean) ORDER BY accessed LIMIT \(count)
                """, decode)
        case .uploads:
            unused = try transaction.map(
                """
                SELECT server, media_id, hash FROM media
                WHERE is_local = 1 AND accessed < \(time) AND state = \(clean) ORDER BY accessed LIMIT \(count)
                """, decode)
        }
        for media in unused { try delete(media.server, media.id) }
        return unused.compactMap(\.hash)
    }

    /// Forgets a piece of media.
    public func delete(_ server: ServerName, _ id: String) throws {
        try transaction.execute("DELETE FROM media WHERE server = \(server) AND media_id = \(id)")
    }

    private struct Name {
        let server: ServerName
        let id: String
        let hash: [UInt8]?
    }
}

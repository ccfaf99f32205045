public import Database
public import MatrixModel

/// Previews of links, and the pictures that were fetched for them.
public struct PreviewStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// What was fresh at a time, a preview or a failure.
    public func preview(of url: String, at time: Int) throws -> StoredPreview? {
        try transaction.first(
            """
            SELECT fetched, expires, status, document, image_id FROM previews
            WHERE url = \(url) AND fetched <= \(time) AND expires > \(time) ORDER BY fetched DESC LIMIT 1
            """, decode)
    }

    private func decode(_ row: Row) throws -> StoredPreview {
        StoredPreview(
            fetched: row.integer(0), expires: row.integer(1), status: row.integer(2), document: row.blob(3), imageID: row.optionalText(4))
    }

    /// Notes a preview.
    public func put(_ preview: StoredPreview, of url: String) throws {
        try transaction.execute(
            """
            INSERT INTO previews (url, fetched, expires, status, document, image_id)
            VALUES (\(url), \(preview.fetched), \(preview.expires), \(preview.status), \(preview.document), \(preview.imageID))
            ON CONFLICT (url, fetched) DO UPDATE
            SET expires = excluded.expires, status = excluded.status, document = excluded.document, image_id = excluded.image_id
            """)
    }

    /// The picture of an address, where it was fetched not long ago and is still here.
    public func image(_ url: String, of server: ServerName, at now: Int) throws -> StoredPreview.Image? {
        try transaction.first(
            """
            SELECT preview_images.media_id, preview_images.content_type, width, height, preview_images.bytes
            FROM preview_images JOIN media ON media.server = \(server) AND media.media_id = preview_images.media_id
            WHERE url = \(url) AND preview_images.expires > \(now) AND media.state = \(StoredMedia.State.clean.rawValue)
            """
        ) { row in
            StoredPreview.Image(
                id: row.text(0), contentType: row.text(1), width: row.integer(2), height: row.integer(3), bytes: row.integer(4))
        }
    }

    /// Notes the picture of an address.
    public func put(_ image: StoredPreview.Image, of url: String, expires: Int) throws {
        try transaction.execute(
            """
            INSERT INTO preview_images (url, media_id, content_type, width, height, bytes, expires)
            VALUES (\(url), \(image.id), \(image.contentType), \(image.width), \(image.height), \(image.bytes), \(expires))
            ON CONFLICT (url) DO UPDATE
            SET media_id = excluded.media_id, content_type = excluded.content_type, width = excluded.width, height = excluded.height,
                bytes = excluded.bytes, expires = excluded.expires
            """)
    }

    /// Forgets previews and pictures' addresses that expired before a time.
    public func deleteExpired(before time: Int) throws {
        try transaction.execute("DELETE FROM previews WHERE expires < \(time)")
        try transaction.execute("DELETE FROM preview_images WHERE expires < \(time)")
    }
}

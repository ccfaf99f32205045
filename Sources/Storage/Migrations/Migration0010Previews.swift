import Database

extension Schema {
    /// Previews of links. Frozen once published.
    ///
    /// A preview is kept beyond the time in which it counts as fresh, for those who ask how a page was at an earlier time. Its picture is a
    /// piece of media like a copy of another server's: it goes when it was unused for long.
    static let migration0010Previews = Migration(
        number: 10, name: "previews",
        statements: [
            """
            CREATE TABLE previews (
                url TEXT NOT NULL,
                fetched INTEGER NOT NULL,
                expires INTEGER NOT NULL,
                status INTEGER NOT NULL,
                document BLOB NOT NULL,
                image_id TEXT,
                PRIMARY KEY (url, fetched)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX previews_expires ON previews (expires)",
            """
            CREATE TABLE preview_images (
                url TEXT NOT NULL PRIMARY KEY,
                media_id TEXT NOT NULL,
                content_type TEXT NOT NULL,
                width INTEGER NOT NULL,
                height INTEGER NOT NULL,
                bytes INTEGER NOT NULL,
                expires INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
            "CREATE INDEX preview_images_expires ON preview_images (expires)",
            "CREATE INDEX media_own ON media (accessed) WHERE is_local = 1",
        ])
}

/// A preview of a link as it was at a time.
public struct StoredPreview: Sendable, Hashable {
    /// A picture that was fetched for previews.
    public struct Image: Sendable, Hashable {
        /// Its media ID on this server.
        public let id: String
        public let contentType: String
        public let width: Int
        public let height: Int
        public let bytes: Int

        public init(id: String, contentType: String, width: Int, height: Int, bytes: Int) {
            self.id = id
            self.contentType = contentType
            self.width = width
            self.height = height
            self.bytes = bytes
        }
    }

    /// When it was fetched, and until when it is fresh, in milliseconds since 1970.
    public let fetched: Int
    public let expires: Int
    /// The HTTP status that clients are given; 200 where there is a preview.
    public let status: Int
    /// What clients are given, as JSON.
    public let document: [UInt8]
    /// The media ID of its picture on this server.
    public let imageID: String?

    public init(fetched: Int, expires: Int, status: Int, document: [UInt8], imageID: String?) {
        self.fetched = fetched
        self.expires = expires
        self.status = status
        self.document = document
        self.imageID = imageID
    }
}

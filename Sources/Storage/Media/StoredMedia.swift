public import MatrixModel

/// A piece of media as it is known here.
public struct StoredMedia: Sendable, Hashable {
    /// How far it has come; its bytes are served from `clean` only.
    public enum State: Int, Sendable, Hashable {
        /// It has a name, and its content is still to come.
        case reserved = 0
        /// Its content is here and was not looked at.
        case received = 1
        case clean = 2
        /// Nobody may have it.
        case quarantined = 3
    }

    /// What is known of the content.
    public struct Content: Sendable, Hashable {
        /// SHA-256.
        public let hash: [UInt8]
        public let bytes: Int
        public let contentType: String?
        public let fileName: String?

        public init(hash: [UInt8], bytes: Int, contentType: String?, fileName: String?) {
            self.hash = hash
            self.bytes = bytes
            self.contentType = contentType
            self.fileName = fileName
        }
    }

    public let server: ServerName
    public let id: String
    public let state: State
    /// Nil for copies of other servers' media.
    public let uploader: UserID?
    /// Whether it can be had without an account.
    public let isOpen: Bool
    /// When a reservation lapses, in milliseconds since 1970.
    public let expires: Int?
    /// When it was last used, as far as that is noted, in milliseconds since 1970.
    public let accessed: Int
    /// Nil while reserved.
    public let content: Content?
}

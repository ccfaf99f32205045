public import MatrixModel

/// The name of a piece of media: `mxc://server/id` (client-server API, "Matrix Content URIs").
public struct MediaReference: Hashable, Sendable, CustomStringConvertible {
    public let server: ServerName
    public let id: MediaID

    public init(server: ServerName, id: MediaID) {
        self.server = server
        self.id = id
    }

    /// The reference in the path of a request.
    init(_ input: RequestInput) throws(MatrixError) {
        server = try input.path("serverName")
        id = try input.path("mediaId")
    }

    public var description: String { "mxc://\(server)/\(id)" }
}

/// What a server calls a piece of its media: `A-Z`, `a-z`, `0-9`, `_` and `-` only, so that it can name nothing else anywhere.
public struct MediaID: Hashable, Sendable, CustomStringConvertible, TextDecodable {
    public let description: String

    /// Nil where another character occurs, or the length is not 1 to 255.
    public init?(text: String) {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isPlain, (1...255).contains(text.utf8.count) else { return nil }
        description = text
    }
}

extension ErrorCode {
    /// The media was announced, and its content is still to come.
    public static let notYetUploaded = ErrorCode(rawValue: "M_NOT_YET_UPLOADED")
    /// The media has its content already.
    public static let cannotOverwriteMedia = ErrorCode(rawValue: "M_CANNOT_OVERWRITE_MEDIA")
}

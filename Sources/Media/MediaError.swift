import MatrixAPI
import MatrixModel

/// What callers of media are told.
enum MediaError {
    static var notFound: MatrixError { .notFound("There is no such media.") }
    static var notYetUploaded: MatrixError { MatrixError(504, .notYetUploaded, "The content is not uploaded yet.") }
    static var cannotOverwrite: MatrixError { MatrixError(409, .cannotOverwriteMedia, "The content is uploaded already.") }
    static var overQuota: MatrixError { .forbidden("You have uploaded as much as you may.") }
    static var uploadTooLarge: MatrixError { MatrixError(413, .tooLarge, "The content is larger than this server takes.") }
    /// "Homeservers should not proxy or thumbnail large files or images from remote homeservers, returning a HTTP 502 error with the
    /// M_TOO_LARGE code."
    static var remoteTooLarge: MatrixError { MatrixError(502, .tooLarge, "The content is larger than this server fetches.") }
    static var noThumbnail: MatrixError { MatrixError(400, .unknown, "No thumbnail can be made of this content.") }
    static var previewsAreOff: MatrixError { .forbidden("This server does not preview links.") }
    static var tooManyPreviews: MatrixError {
        MatrixError(429, .limitExceeded, "Too many previews are being made.", extra: ["retry_after_ms": 2_000])
    }
    static var busy: MatrixError {
        MatrixError(429, .limitExceeded, "Too many thumbnails are being made.", extra: ["retry_after_ms": 2_000])
    }

    static func pictureTooLarge(isRemote: Bool) -> MatrixError {
        MatrixError(isRemote ? 502 : 413, .tooLarge, "The picture is too large to make a thumbnail of.")
    }
}

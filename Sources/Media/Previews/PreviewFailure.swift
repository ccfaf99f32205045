import Federation
import MatrixModel

/// Why there is no preview.
enum PreviewFailure: Error, Hashable, Sendable {
    /// The page's server answered with that status.
    case status(Int)

    /// What a client is told of an error in the making of a preview.
    static func told(_ error: any Error) -> MatrixError {
        switch error {
        case let error as MatrixError: return error
        case PreviewFailure.status(let status):
            return status == 404 || status == 410
                ? .notFound("There is nothing at this address.") : MatrixError(502, .unknown, "The page's server answered with status \(status).")
        case WebError.refused, WebError.transport(.addressRefused): return .forbidden("This server does not preview that address.")
        case let error as WebError: return MatrixError(502, .unknown, "The page could not be fetched: \(error).")
        default: return MatrixError(502, .unknown, "The page could not be read.")
        }
    }
}

/// Why an exchange with another server did not take place.
public enum TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name does not resolve; with the resolver's reason.
    case unresolved(String)
    /// All addresses of the name are in refused ranges.
    case addressRefused(String)
    case unreachable(String)
    /// The handshake failed; with the reason.
    case tls(String)
    /// The certificate is valid, but of another name.
    case certificateOfAnotherName(wanted: String)
    case timeout
    /// The connection ended within an answer, or before it.
    case closed
    case answerTooLarge
    case malformedAnswer(String)
    case tooManyRedirects
    /// Too many requests wait for that destination already.
    case overloaded
    case shutDown
    /// The answer could not be written down here; with the reason.
    case notStored(String)

    public var description: String {
        switch self {
        case .unresolved(let reason): "the name does not resolve (\(reason))"
        case .addressRefused(let address): "the address \(address) is in a refused range"
        case .unreachable(let reason): "no connection (\(reason))"
        case .tls(let reason): "the TLS handshake failed (\(reason))"
        case .certificateOfAnotherName(let wanted): "the certificate does not name \(wanted)"
        case .timeout: "no answer in time"
        case .closed: "the connection was closed"
        case .answerTooLarge: "the answer is too large"
        case .malformedAnswer(let reason): "the answer is malformed (\(reason))"
        case .tooManyRedirects: "too many redirects"
        case .overloaded: "too many requests wait for this server"
        case .shutDown: "the server is shutting down"
        case .notStored(let reason): "the answer could not be stored (\(reason))"
        }
    }

    /// Whether the request cannot have been handled, so that another try is harmless.
    var isBeforeRequest: Bool {
        switch self {
        case .unresolved, .addressRefused, .unreachable, .tls, .certificateOfAnotherName, .overloaded: true
        case .timeout, .closed, .answerTooLarge, .malformedAnswer, .tooManyRedirects, .shutDown, .notStored: false
        }
    }
}

/// Why something of the web could not be had.
public enum WebError: Error, Hashable, Sendable, CustomStringConvertible {
    case transport(TransportError)
    /// The operator refuses the domain, or it is asked for at a port that is no web server's.
    case refused(String)
    case tooManyRedirects
    /// A redirect to nowhere, or to what is not of the web.
    case badRedirect
    case timeout

    public var description: String {
        switch self {
        case .transport(let error): error.description
        case .refused(let host): "\(host) is refused"
        case .tooManyRedirects: "too many redirects"
        case .badRedirect: "a redirect leads nowhere"
        case .timeout: "no answer in time"
        }
    }
}

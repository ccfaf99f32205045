/// Why a gateway cannot be set up.
public enum GatewayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Two endpoints claim one method and path.
    case duplicateRoute(method: String, path: String, first: String, second: String)
    /// A path does not begin with a slash.
    case malformedPath(String)
    /// The certificate chain cannot be read.
    case unusableCertificate(path: String, reason: String)
    /// The private key cannot be read.
    case unusablePrivateKey(path: String, reason: String)
    /// Certificate and key are readable, but not together.
    case unusableTLS(reason: String)

    public var description: String {
        switch self {
        case .duplicateRoute(let method, let path, let first, let second):
            "\(method) \(path) is claimed by both \(first) and \(second)."
        case .malformedPath(let path): "The route path '\(path)' does not begin with '/'."
        case .unusableCertificate(let path, let reason): "The certificate file \(path) cannot be used: \(reason)."
        case .unusablePrivateKey(let path, let reason): "The private key file \(path) cannot be used: \(reason)."
        case .unusableTLS(let reason): "Certificate and private key cannot be used together: \(reason)."
        }
    }
}

public import MatrixModel

/// Why another server did not do what it was asked.
public enum FederationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It was not reached, or did not answer.
    case transport(ServerName, TransportError)
    /// It refused; with its answer.
    case refused(ServerName, MatrixError)
    /// It answered what it must not answer; with what is wrong.
    case malformed(ServerName, String)
    /// No server was left to ask.
    case noServer

    public var description: String {
        switch self {
        case .transport(let server, let error): "\(server): \(error)"
        case .refused(let server, let error): "\(server) answers \(error.status) \(error.code.rawValue): \(error.message)"
        case .malformed(let server, let reason): "\(server) gave a malformed answer: \(reason)"
        case .noServer: "There is no server to ask."
        }
    }

    /// What a client is told: a refusal as it came, anything else as a bad gateway.
    public var matrixError: MatrixError {
        switch self {
        case .refused(_, let error) where (400..<500).contains(error.status): error
        case .refused, .transport, .malformed: MatrixError(502, .unknown, description)
        case .noServer: MatrixError.notFound("No server that is in the room is known.")
        }
    }

    /// Whether another server may do better.
    var isWorthAnotherServer: Bool {
        switch self {
        case .transport, .malformed: true
        case .refused(_, let error):
            error.status >= 500 || error.status == 404 || error.code == .unableToGrantJoin || error.code == .unableToAuthoriseJoin
        case .noServer: false
        }
    }
}

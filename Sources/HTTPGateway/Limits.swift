/// The bounds of the gateway.
enum Limits {
    /// Longest path that is looked up, in segments.
    static let pathSegments = 32
    /// How long a connection may stay without a request or in the middle of one.
    static let idleSeconds: Int64 = 90
    /// Connections that wait to be accepted.
    static let backlog = 1024
    /// How long a browser may remember the answer to a preflight request.
    static let preflightSeconds = 86_400
    /// How much of a long body is read and sent at once.
    static let pieceBytes = 64 << 10
    /// Longest text of an unexpected error in the log, in characters.
    static let loggedErrorCharacters = 500
}

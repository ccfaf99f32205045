public import MatrixModel

/// A request over HTTP/1.1, before it has a destination.
public struct OutboundRequest: Sendable {
    /// `GET`, `PUT`, `POST` or `DELETE`.
    public let method: String
    /// Path and query, percent-encoded.
    public let target: String
    public let headers: [(name: String, value: String)]
    /// JSON text; nil where the request has no body.
    public let body: [UInt8]?
    public let maximumAnswerBytes: Int
    public let timeoutMilliseconds: Int

    public init(
        method: String, target: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil, maximumAnswerBytes: Int,
        timeoutMilliseconds: Int
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.maximumAnswerBytes = maximumAnswerBytes
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

/// An answer over HTTP, its body complete.
public struct InboundAnswer: Sendable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header field of that name, whatever its case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// Carries requests to other servers by name: over the network, or between simulated servers.
public protocol PeerTransport: Sendable {
    /// One request and its answer, whatever its status.
    func exchange(_ request: OutboundRequest, with server: ServerName) async throws(TransportError) -> InboundAnswer
    /// The same, the body of a 200 going into the sink as it comes in rather than into the answer.
    func download(_ request: OutboundRequest, from server: ServerName, into sink: AnswerSink) async throws(TransportError) -> InboundAnswer
}

public import MatrixModel

/// Takes the body of an answer that is too large to hold in memory.
public struct AnswerSink: Sendable {
    /// Thrown by `write` where the rest of the body is not wanted: the answer counts as complete, and its connection is closed.
    public struct Enough: Error {
        public init() {}
    }

    /// The body of that answer begins; what came before, from a connection that broke, is void.
    let begin: @Sendable (InboundAnswer) throws -> Void
    /// The next piece. It is called on an event loop, which waits for it: a write into a file's cached pages, not more.
    let write: @Sendable (ArraySlice<UInt8>) throws -> Void

    public init(begin: @escaping @Sendable () throws -> Void, write: @escaping @Sendable (ArraySlice<UInt8>) throws -> Void) {
        self.begin = { _ in try begin() }
        self.write = write
    }

    /// `beginning` is given the answer without its body.
    public init(
        beginning: @escaping @Sendable (InboundAnswer) throws -> Void, write: @escaping @Sendable (ArraySlice<UInt8>) throws -> Void
    ) {
        begin = beginning
        self.write = write
    }
}

extension PeerTransport {
    /// For transports whose answers are in memory anyway.
    public func download(
        _ request: OutboundRequest, from server: ServerName, into sink: AnswerSink
    ) async throws(TransportError) -> InboundAnswer {
        let answer = try await exchange(request, with: server)
        guard answer.status == 200 else { return answer }
        do {
            try sink.begin(InboundAnswer(status: answer.status, headers: answer.headers, body: []))
            try sink.write(answer.body[...])
        } catch is AnswerSink.Enough {
        } catch {
            throw .notStored("\(error)")
        }
        return InboundAnswer(status: answer.status, headers: answer.headers, body: [])
    }
}

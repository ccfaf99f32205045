public import MatrixModel

/// Media as another server gave it; its bytes are in the sink.
public struct DownloadedMedia: Sendable {
    /// The answer's `Content-Type`.
    public let contentType: String?
    /// The answer's `Content-Disposition`.
    public let contentDisposition: String?
    /// Whether the bytes are `multipart/mixed` of an object and the content (server-server API, "Content Repository"), rather than the content.
    public let isMultipart: Bool
}

extension FederationClient {
    /// What a multipart answer may hold beside the content, in bytes.
    private static let envelopeBytes = 64 << 10
    /// Time for a whole download, beside the wait for content that is not uploaded yet.
    private static let downloadMilliseconds = 300_000

    /// Downloads media of a server into the sink; from servers that know no better, over the deprecated endpoint.
    public func download(
        media id: String, from server: ServerName, maximumBytes: Int, waitingMilliseconds: Int, into sink: AnswerSink
    ) async throws(FederationError) -> DownloadedMedia {
        guard server != serverName else { throw .noServer }
        do {
            let target = RequestTarget("/_matrix/federation/v1/media/download", id).query("timeout_ms", waitingMilliseconds).description
            let authorization = SignedRequest.authorization(
                method: "GET", uri: target, origin: serverName, destination: server, body: nil, key: signingKey)
            let answer = try await download(
                target, headers: [("Authorization", authorization.field), ("Accept", "multipart/mixed")], from: server,
                maximumBytes: maximumBytes + FederationClient.envelopeBytes, waitingMilliseconds: waitingMilliseconds, into: sink)
            return DownloadedMedia(contentType: answer.header("content-type"), contentDisposition: nil, isMultipart: true)
        } catch .refused(_, let refusal) where refusal.status == 404 && refusal.code == .unrecognized {
            // "servers MUST try the endpoints described below before falling back to the deprecated /_matrix/media/* endpoints when they
            // receive a 404 M_UNRECOGNIZED error. When falling back, servers MUST be sure to set allow_remote to false."
            let target = RequestTarget("/_matrix/media/v3/download", server, id).query("allow_remote", false)
                .query("timeout_ms", waitingMilliseconds).description
            let answer = try await download(
                target, headers: [("Accept", "*/*")], from: server, maximumBytes: maximumBytes, waitingMilliseconds: waitingMilliseconds,
                into: sink)
            return DownloadedMedia(
                contentType: answer.header("content-type"), contentDisposition: answer.header("content-disposition"), isMultipart: false)
        }
    }

    private func download(
        _ target: String, headers: [(name: String, value: String)], from server: ServerName, maximumBytes: Int, waitingMilliseconds: Int,
        into sink: AnswerSink
    ) async throws(FederationError) -> InboundAnswer {
        let request = OutboundRequest(
            method: "GET", target: target, headers: headers, maximumAnswerBytes: maximumBytes,
            timeoutMilliseconds: FederationClient.downloadMilliseconds + waitingMilliseconds)
        let answer: InboundAnswer
        do {
            answer = try await transport.download(request, from: server, into: sink)
        } catch {
            if error.meansFailingPeer { health.failed(server) }
            throw .transport(server, error)
        }
        // A 504 is how a server says that the content is still to come, not that it is ill.
        if answer.status < 500 { health.heard(from: server) }
        guard answer.status == 200 else {
            let json = try? JSON.parse(answer.body)
            let code = json?["errcode"]?.string.map { ErrorCode(rawValue: $0) } ?? .unknown
            throw .refused(server, MatrixError(answer.status, code, json?["error"]?.string ?? "HTTP status \(answer.status)"))
        }
        return answer
    }
}

public import MatrixModel
public import RoomGraph

/// Signs requests, sends them to other servers and reads the answers; knows no rooms.
public struct FederationClient: Sendable {
    public let serverName: ServerName
    let signingKey: SigningKey
    let transport: any PeerTransport
    let health: PeerHealth
    let limits: FederationLimits

    public init(serverName: ServerName, signingKey: SigningKey, transport: any PeerTransport, health: PeerHealth, limits: FederationLimits) {
        self.serverName = serverName
        self.signingKey = signingKey
        self.transport = transport
        self.health = health
        self.limits = limits
    }

    /// How much a request may take.
    enum Size {
        /// What most requests take.
        case usual
        /// Keys: small and soon, or not at all.
        case keys
        /// A room's whole state.
        case room
    }

    /// A signed request without body.
    func get(_ target: RequestTarget, from server: ServerName, size: Size = .usual) async throws(FederationError) -> JSON {
        try await send("GET", target.description, body: nil, to: server, size: size)
    }

    /// A signed request with a JSON body.
    func put(_ target: RequestTarget, _ body: JSONValue, to server: ServerName, size: Size = .usual) async throws(FederationError) -> JSON {
        try await send("PUT", target.description, body: body.bytes(), to: server, size: size)
    }

    /// A signed request with a JSON body.
    func post(_ target: RequestTarget, _ body: JSONValue, to server: ServerName, size: Size = .usual) async throws(FederationError) -> JSON {
        try await send("POST", target.description, body: body.bytes(), to: server, size: size)
    }

    /// A signed request; `body` is canonical JSON. An answer other than 200 is thrown.
    func send(
        _ method: String, _ target: String, body: [UInt8]?, to server: ServerName, size: Size = .usual
    ) async throws(FederationError) -> JSON {
        let authorization = SignedRequest.authorization(
            method: method, uri: target, origin: serverName, destination: server, body: body, key: signingKey)
        return try await exchange(method, target, headers: [("Authorization", authorization.field)], body: body, with: server, size: size)
    }

    /// A request without signature: for keys, which come before any other trust.
    func getUnsigned(_ target: RequestTarget, from server: ServerName) async throws(FederationError) -> JSON {
        try await exchange("GET", target.description, headers: [], body: nil, with: server, size: .keys)
    }

    private func exchange(
        _ method: String, _ target: String, headers: [(name: String, value: String)], body: [UInt8]?, with server: ServerName, size: Size
    ) async throws(FederationError) -> JSON {
        // A request to itself would wait for itself.
        guard server != serverName else { throw .noServer }
        let request = OutboundRequest(
            method: method, target: target, headers: headers, body: body,
            maximumAnswerBytes: maximumBytes(size), timeoutMilliseconds: timeoutMilliseconds(size))
        let answer: InboundAnswer
        do {
            answer = try await transport.exchange(request, with: server)
        } catch {
            if error.meansFailingPeer { health.failed(server) }
            throw .transport(server, error)
        }
        // A server that is up but overwhelmed, or a proxy before one that is down, is a failing peer too.
        if answer.status >= 500 || answer.status == 429 { health.failed(server) } else { health.heard(from: server) }
        return try read(answer, of: server, size: size)
    }

    private func read(_ answer: InboundAnswer, of server: ServerName, size: Size) throws(FederationError) -> JSON {
        let json = try? JSON.parse(answer.body, limits: JSONLimits(maximumBytes: maximumBytes(size), maximumDepth: JSONLimits.standard.maximumDepth))
        guard answer.status == 200 else {
            let code = json?["errcode"]?.string.map { ErrorCode(rawValue: $0) } ?? .unknown
            throw .refused(server, MatrixError(answer.status, code, json?["error"]?.string ?? "HTTP status \(answer.status)"))
        }
        guard let json else { throw .malformed(server, "not JSON") }
        return json
    }

    private func maximumBytes(_ size: Size) -> Int {
        switch size {
        case .usual: limits.responseBytes
        case .keys: limits.keysAnswerBytes
        case .room: limits.roomResponseBytes
        }
    }

    private func timeoutMilliseconds(_ size: Size) -> Int {
        switch size {
        case .usual: limits.requestTimeoutMilliseconds
        case .keys: limits.keyTimeoutMilliseconds
        case .room: limits.longRequestTimeoutMilliseconds
        }
    }
}

extension TransportError {
    /// Whether the peer is at fault rather than this server.
    var meansFailingPeer: Bool {
        switch self {
        case .unresolved, .addressRefused, .unreachable, .tls, .certificateOfAnotherName, .timeout, .closed, .malformedAnswer, .tooManyRedirects: true
        case .answerTooLarge, .overloaded, .shutDown, .notStored: false
        }
    }
}

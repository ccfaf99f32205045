import Federation
import MatrixAPI
import MatrixModel
import Synchronization

/// Carries requests between servers of one test.
final class MemoryNetwork: Sendable {
    typealias Handler = @Sendable (OutboundRequest, _ from: String) async throws(TransportError) -> InboundAnswer
    /// A request that went out, with its destination.
    struct Sent: Sendable {
        let destination: ServerName
        let request: OutboundRequest
        let wasDelivered: Bool
    }
    private struct State {
        var handlers: [ServerName: Handler] = [:]
        var isDown: Set<ServerName> = []
    }

    private let state = Mutex(State())
    let sent = Recorder<Sent>()

    func serve(_ server: ServerName, _ handler: @escaping Handler) {
        state.withLock { $0.handlers[server] = handler }
    }

    /// Serves a table, with requests authenticated as the gateway would.
    func serve(_ server: ServerName, routes: RouteTable, authenticate: @escaping @Sendable (PeerCredentials) async throws -> PeerCaller) {
        let gateway = MemoryGateway(routes: routes, authenticate: authenticate)
        serve(server) { request, _ throws(TransportError) in await gateway.respond(request) }
    }

    func setDown(_ server: ServerName, _ isDown: Bool) {
        state.withLock { state in
            if isDown { state.isDown.insert(server) } else { state.isDown.remove(server) }
        }
    }

    /// The transport of one server.
    func transport(of server: ServerName) -> any PeerTransport { Transport(network: self, origin: server) }

    private struct Transport: PeerTransport {
        let network: MemoryNetwork
        let origin: ServerName

        func exchange(_ request: OutboundRequest, with server: ServerName) async throws(TransportError) -> InboundAnswer {
            let handler = network.state.withLock { state in
                state.isDown.contains(server) || state.isDown.contains(origin) ? nil : state.handlers[server]
            }
            network.sent.record(Sent(destination: server, request: request, wasDelivered: handler != nil))
            guard let handler else { throw .unreachable("down") }
            let answer = try await handler(request, origin.description)
            guard answer.body.count <= request.maximumAnswerBytes else { throw .answerTooLarge }
            return answer
        }
    }
}

/// Mounts a route table in memory.
struct MemoryGateway: Sendable {
    let routes: RouteTable
    let authenticate: @Sendable (PeerCredentials) async throws -> PeerCaller

    func respond(_ request: OutboundRequest) async -> InboundAnswer {
        do {
            let answer = try await handle(request)
            return InboundAnswer(status: answer.status, body: answer.payload.encoded().bytes)
        } catch let error as MatrixError {
            return InboundAnswer(status: error.status, body: error.body.bytes())
        } catch {
            return InboundAnswer(status: 500, body: MatrixError.internalError("\(error)").body.bytes())
        }
    }

    private func handle(_ request: OutboundRequest) async throws -> any EndpointResponse {
        let parts = request.target.split(separator: "?", maxSplits: 1)
        let segments = parts[0].split(separator: "/").map { MemoryGateway.decode($0) }
        var query: [(name: String, value: String)] = []
        for item in parts.count < 2 ? [] : parts[1].split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1)
            query.append((MemoryGateway.decode(pair[0]), pair.count > 1 ? MemoryGateway.decode(pair[1]) : ""))
        }
        for entry in routes.entries where entry.route.method.rawValue == request.method {
            guard let parameters = MemoryGateway.match(entry.route.path, segments) else { continue }
            let input = RequestInput(
                method: entry.route.method, uri: request.target, pathParameters: parameters, queryItems: query,
                bodyBytes: request.body ?? [], contentType: "application/json")
            return try await entry.respond(input, try await identity(entry, request, input))
        }
        throw MatrixError.unrecognized()
    }

    private func identity(_ entry: RouteTable.Entry, _ request: OutboundRequest, _ input: RequestInput) async throws -> Identity {
        guard entry.access == .peer else { return .anonymous(PublicCaller(address: "127.0.0.1")) }
        let fields = request.headers.filter { $0.name == "Authorization" }.map(\.value)
        return .peer(
            try await authenticate(
                PeerCredentials(
                    method: input.method, uri: input.uri, authorization: fields, body: try input.body(), address: "127.0.0.1")))
    }

    private static func match(_ path: String, _ segments: [String]) -> [String: String]? {
        let pattern = path.split(separator: "/")
        guard pattern.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, segment) in zip(pattern, segments) {
            if part.hasPrefix("{") { parameters[String(part.dropFirst().dropLast())] = segment } else if part != segment { return nil }
        }
        return parameters
    }

    static func decode(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

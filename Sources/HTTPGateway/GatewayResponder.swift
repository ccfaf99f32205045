import HTTPTypes
import Hummingbird
import Logging
import MatrixAPI
import MatrixModel
import NIOCore

/// Answers one request: route, caller, limit, handler, rendering, log line.
struct GatewayResponder: HTTPResponder {
    typealias Context = GatewayContext

    let trie: PathTrie
    let ports: GatewayPorts
    let logger: Logger
    let monotonicMicroseconds: @Sendable () -> Int
    let isBehindProxy: Bool
    let isSecure: Bool

    func respond(to request: Request, context: GatewayContext) async throws -> Response {
        let started = monotonicMicroseconds()
        let uri = request.head.path ?? "/"
        let mark = uri.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = mark.map { uri[..<$0] } ?? uri[...]
        let query = mark.map { uri[uri.utf8.index(after: $0)...] } ?? ""
        let isCrossOrigin = CrossOrigin.applies(to: path)
        if isCrossOrigin, request.method == .options { return CrossOrigin.preflight() }

        let outcome = trie.find(path, method: Method(request.method))
        var response: Response
        var template = "-"
        switch outcome {
        case .found(let target, let captured):
            template = target.template
            response = await answer(target, captured, uri: uri, query: query, request: request, context: context)
        case .otherMethods(let methods):
            response = Rendering.response(MatrixError(405, .unrecognized, "The path is known, the method is not."))
            response.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
        case .unknown:
            response = Rendering.response(.unrecognized())
        }
        if isCrossOrigin { response.headers.append(contentsOf: CrossOrigin.fields) }
        if request.method == .head { response = response.createHeadResponse() }
        logger.debug(
            "Request",
            metadata: [
                "method": "\(request.method.rawValue)", "route": "\(template)", "status": "\(response.status.code)",
                "microseconds": "\(monotonicMicroseconds() - started)",
            ])
        return response
    }

    private func answer(
        _ target: PathTrie.Target, _ captured: [Substring], uri: String, query: Substring, request: Request, context: GatewayContext
    ) async -> Response {
        do {
            let answer = try await run(target, captured, uri: uri, query: query, request: request, context: context)
            return Rendering.response(answer, to: request.headers)
        } catch let error as MatrixError {
            if error.status >= 500 {
                logger.error("Request failed", metadata: ["endpoint": "\(target.entry.name)", "code": "\(error.code.rawValue)"])
            }
            return Rendering.response(error)
        } catch is CancellationError {
            // The client is gone, or the server is going.
            return Rendering.response(MatrixError(503, .unknown, "The request was interrupted."))
        } catch {
            logger.error(
                "Request failed unexpectedly",
                metadata: [
                    "endpoint": "\(target.entry.name)", "error": "\(String(describing: error).prefix(Limits.loggedErrorCharacters))",
                ])
            return Rendering.response(.internalError())
        }
    }

    private func run(
        _ target: PathTrie.Target, _ captured: [Substring], uri: String, query: Substring, request: Request, context: GatewayContext
    ) async throws -> any EndpointResponse {
        let entry = target.entry
        let parameters = try PathParameters.decode(captured, of: target)
        guard let queryItems = PercentEncoding.queryItems(query) else {
            throw MatrixError.invalidParam("The query is not valid UTF-8.")
        }
        let identification = CallerIdentification(
            ports: ports, headers: request.headers, queryItems: queryItems,
            address: CallerIdentification.address(of: request, channel: context.channel, isBehindProxy: isBehindProxy))
        var identity = try await identification.caller(of: entry)
        if entry.access != .peer { try admit(entry.route.limit, identity) }

        let limit = entry.route.maximumBodyBytes
        let stream = entry.route.streamsBody ? RequestBodyReading.stream(of: request) : nil
        let input = RequestInput(
            method: entry.route.method, uri: uri, pathParameters: parameters, queryItems: queryItems,
            bodyBytes: stream == nil ? try await RequestBodyReading.bytes(of: request, upTo: limit) : [],
            contentType: request.headers[.contentType], bodyStream: stream,
            origin: RequestOrigin.text(of: request, isBehindProxy: isBehindProxy, isSecure: isSecure))
        if entry.access == .peer {
            identity = try await identification.peer(input)
            try admit(entry.route.limit, identity)
        }
        guard entry.route.method == .get else { return try await entry.respond(input, identity) }
        let caller = identity
        return try await DepartureWatch.cancelling(on: context.channel) { try await entry.respond(input, caller) }
    }

    private func admit(_ limit: RateLimitClass, _ identity: Identity) throws(MatrixError) {
        if limit != .none { try ports.admit(limit, identity) }
    }
}

extension Method {
    /// The endpoint method that answers an HTTP method; `HEAD` is answered by `GET`.
    fileprivate init?(_ method: HTTPRequest.Method) {
        switch method {
        case .get, .head: self = .get
        case .put: self = .put
        case .post: self = .post
        case .delete: self = .delete
        default: return nil
        }
    }
}

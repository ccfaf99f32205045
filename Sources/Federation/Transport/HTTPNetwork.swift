import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL

/// HTTP/1.1 to a route, over TLS where it has a name to prove: looks addresses up, refuses those of the policy, checks names, keeps
/// connections.
final class HTTPNetwork: Sendable {
    private let group: any EventLoopGroup
    private let tls: NIOSSLContext
    private let policy: AddressPolicy
    private let resolver: AddressResolver
    private let pool: ConnectionPool
    private let permits: KeyedPermits<String>
    private let limits: FederationLimits
    private let maximumInflatedBytes: Int?

    /// `maximumInflatedBytes`: how much a compressed answer may become; nil where answers are not compressed.
    init(
        group: any EventLoopGroup, tls: NIOSSLContext, policy: AddressPolicy, resolver: AddressResolver, limits: FederationLimits,
        maximumInflatedBytes: Int? = nil
    ) {
        self.group = group
        self.tls = tls
        self.policy = policy
        self.resolver = resolver
        self.limits = limits
        self.maximumInflatedBytes = maximumInflatedBytes
        pool = ConnectionPool(perRoute: limits.idleConnectionsPerDestination, inAll: limits.idleConnections)
        permits = KeyedPermits(limit: limits.connectionsPerDestination, maximumWaiting: limits.waitingPerDestination)
    }

    /// One request and its answer; a kept connection that turns out to be closed is replaced once.
    func exchange(
        _ request: OutboundRequest, over route: PeerRoute, into sink: AnswerSink? = nil
    ) async throws(TransportError) -> InboundAnswer {
        do {
            return try await permits.withPermit(for: route.host) {
                if let channel = pool.take(route) {
                    do {
                        return try await send(request, on: channel, route: route, into: sink)
                    } catch TransportError.closed where request.method != "POST" {
                        // The peer closed the idle connection as the request went out: GET and PUT can be repeated.
                    }
                }
                return try await send(request, on: try await connect(route), route: route, into: sink)
            }
        } catch let error as TransportError {
            throw error
        } catch is KeyedPermits<String>.Overloaded {
            throw .overloaded
        } catch is CancellationError {
            throw .shutDown
        } catch {
            throw .unreachable("\(error)")
        }
    }

    private func send(
        _ request: OutboundRequest, on channel: any Channel, route: PeerRoute, into sink: AnswerSink?
    ) async throws -> InboundAnswer {
        let exchange = HTTPExchange(
            head: head(of: request, host: route.host), body: request.body.map { ByteBuffer(bytes: $0) },
            maximumAnswerBytes: request.maximumAnswerBytes, timeout: .milliseconds(Int64(request.timeoutMilliseconds)), sink: sink,
            answer: channel.eventLoop.makePromise())
        channel.writeAndFlush(exchange).whenFailure { _ in exchange.answer.fail(TransportError.closed) }
        let result = try await withTaskCancellationHandler {
            try await exchange.answer.futureResult.get()
        } onCancel: {
            channel.close(promise: nil)
        }
        if result.keepsAlive { pool.give(channel, for: route) }
        return result.answer
    }

    private func head(of request: OutboundRequest, host: String) -> HTTPRequestHead {
        var headers: HTTPHeaders = ["Host": host]
        if !request.headers.contains(where: { $0.name == "User-Agent" }) { headers.add(name: "User-Agent", value: "Martlet") }
        if !request.headers.contains(where: { $0.name == "Accept" }) { headers.add(name: "Accept", value: "application/json") }
        if let body = request.body {
            headers.add(name: "Content-Type", value: "application/json")
            // Never chunked: some servers and proxies refuse it.
            headers.add(name: "Content-Length", value: "\(body.count)")
        }
        for header in request.headers { headers.add(name: header.name, value: header.value) }
        return HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.target, headers: headers)
    }

    /// The first address that takes a connection and proves the name.
    private func connect(_ route: PeerRoute) async throws -> any Channel {
        var failure = TransportError.unresolved("no address")
        var tries = 0
        for endpoint in route.endpoints {
            let addresses: [IPAddress]
            do {
                addresses = try await resolver.addresses(of: endpoint.host)
            } catch {
                failure = error
                continue
            }
            for address in addresses {
                guard policy.permits(address) else {
                    failure = .addressRefused(address.description)
                    continue
                }
                guard tries < limits.addressesPerRequest else { throw failure }
                tries += 1
                do {
                    return try await connect(to: address, port: endpoint.port, subject: route.subject)
                } catch let error as TransportError {
                    failure = error
                } catch let error as CancellationError {
                    throw error
                } catch {
                    failure = .unreachable("\(error)")
                }
            }
        }
        throw failure
    }

    private func connect(to address: IPAddress, port: Int, subject: CertificateSubject?) async throws -> any Channel {
        try Task.checkCancellation()
        let eventLoop = group.next()
        let ready = eventLoop.makePromise(of: Void.self)
        let timeout = TimeAmount.milliseconds(Int64(limits.connectTimeoutMilliseconds))
        let idleTime = TimeAmount.milliseconds(Int64(limits.idleMilliseconds))
        let tls = self.tls
        let policy = self.policy
        let maximumInflatedBytes = self.maximumInflatedBytes
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: eventLoop)
                .connectTimeout(timeout)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(ConnectedAddressCheck(policy: policy, ready: ready, isLast: subject == nil))
                        if let subject {
                            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: subject.serverNameIndication))
                            try pipeline.addHandler(PeerNameCheck(subject: subject, ready: ready))
                        }
                        try pipeline.addHTTPClientHandlers()
                        if let maximumInflatedBytes {
                            try pipeline.addHandler(NIOHTTPResponseDecompressor(limit: .size(maximumInflatedBytes)))
                        }
                        try pipeline.addHandler(HTTPExchangeHandler(idleTime: idleTime))
                    }
                }
                .connect(to: SocketAddress(ipAddress: address.description, port: port)).get()
        } catch {
            ready.fail(error)
            throw TransportError.unreachable("\(error)")
        }
        let timer = eventLoop.scheduleTask(in: timeout) {
            ready.fail(TransportError.timeout)
            channel.close(promise: nil)
        }
        defer { timer.cancel() }
        try await withTaskCancellationHandler {
            try await ready.futureResult.get()
        } onCancel: {
            channel.close(promise: nil)
        }
        return channel
    }

    /// Closes the idle connections; those in use end with their exchange.
    func shutDown() {
        pool.shutDown()
    }
}

extension NIOSSLContext {
    /// Trusts the machine's authorities and those of the PEM files given.
    static func federation(additionalAuthorities files: [String]) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.additionalTrustRoots = files.map { .file($0) }
        return try NIOSSLContext(configuration: configuration)
    }
}

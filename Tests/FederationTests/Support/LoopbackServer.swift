import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// An HTTPS server on 127.0.0.1 whose answers a test gives.
final class LoopbackServer: Sendable {
    struct Request: Sendable {
        let method: String
        let target: String
        let headers: [(String, String)]
        let body: [UInt8]
        /// The connection that it came over, counted from 1.
        let connection: Int

        func header(_ name: String) -> String? { headers.first { $0.0.lowercased() == name }?.1 }
    }
    enum Answer: Sendable {
        case body(Int, [(String, String)], [UInt8])
        /// An answer after which the server closes without saying so.
        case bodyThenClose([UInt8])
        case never

        static func json(_ text: String) -> Answer { .body(200, [], Array(text.utf8)) }
    }

    let requests = Recorder<Request>()
    private let channel: any Channel
    private let count: Counter

    /// Connections that were accepted.
    var connectionCount: Int { count.value }
    var port: Int { channel.localAddress?.port ?? 0 }

    init(_ leaf: TestAuthority.Leaf, respond: @escaping @Sendable (Request) -> Answer) async throws {
        let tls = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(leaf.certificate).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: leaf.key, format: .pem))))
        let requests = self.requests
        let counter = Counter()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: tls))
                    try pipeline.configureHTTPServerPipeline()
                    let number = counter.increment()
                    try pipeline.addHandler(
                        Handler(connection: number) { request in
                            requests.record(request)
                            return respond(request)
                        })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        count = counter
    }

    func stop() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let connection: Int
        private let respond: (Request) -> Answer
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(connection: Int, respond: @escaping (Request) -> Answer) {
            self.connection = connection
            self.respond = respond
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = []
            case .body(let part): body.append(contentsOf: part.readableBytesView)
            case .end:
                guard let head else { return }
                let request = Request(
                    method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) }, body: body,
                    connection: connection)
                switch respond(request) {
                case .body(let status, let headers, let bytes): write(status, headers, bytes, context)
                case .bodyThenClose(let bytes):
                    write(200, [], bytes, context)
                    context.close(promise: nil)
                case .never: break
                }
            }
        }

        private func write(_ status: Int, _ headers: [(String, String)], _ bytes: [UInt8], _ context: ChannelHandlerContext) {
            var fields = HTTPHeaders(headers)
            fields.add(name: "Content-Length", value: "\(bytes.count)")
            context.write(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: fields))), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}

/// A counter that can be captured.
final class Counter: Sendable {
    private let state = Mutex(0)
    var value: Int { state.withLock { $0 } }
    func increment() -> Int {
        state.withLock { state in
            state += 1
            return state
        }
    }
}

import NIOCore
import NIOHTTP1
import NIOHTTPCompression

/// One request to write, and where its answer goes.
struct HTTPExchange: Sendable {
    let head: HTTPRequestHead
    let body: ByteBuffer?
    let maximumAnswerBytes: Int
    let timeout: TimeAmount
    /// Where the body of a 200 goes; nil where it is to be in the answer.
    let sink: AnswerSink?
    let answer: EventLoopPromise<HTTPExchangeAnswer>
}

/// An answer, and whether the connection can be used again.
struct HTTPExchangeAnswer: Sendable {
    let answer: InboundAnswer
    let keepsAlive: Bool
}

/// Runs one exchange after another on a connection, each bounded in size and time; closes the connection when idle for long.
final class HTTPExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPExchange
    typealias OutboundOut = HTTPClientRequestPart

    private var exchange: HTTPExchange?
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private var receivedBytes = 0
    private var timer: Scheduled<Void>?
    private let idleTime: TimeAmount

    init(idleTime: TimeAmount) {
        self.idleTime = idleTime
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let exchange = unwrapOutboundIn(data)
        guard self.exchange == nil, context.channel.isActive else {
            exchange.answer.fail(TransportError.closed)
            promise?.fail(TransportError.closed)
            return
        }
        self.exchange = exchange
        schedule(in: exchange.timeout, context: context) { handler, context in handler.finish(failure: .timeout, context: context) }
        context.write(wrapOutboundOut(.head(exchange.head)), promise: nil)
        if let body = exchange.body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let exchange else {
            // An answer to no request: nothing on this connection can be trusted any more.
            context.close(promise: nil)
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > exchange.maximumAnswerBytes {
                return finish(failure: .answerTooLarge, context: context)
            }
            if head.status == .ok, let sink = exchange.sink { store(context) { try sink.begin(HTTPExchangeHandler.answer(head, body: [])) } }
        case .body(let part):
            receivedBytes += part.readableBytes
            guard receivedBytes <= exchange.maximumAnswerBytes else { return finish(failure: .answerTooLarge, context: context) }
            if head?.status == .ok, let sink = exchange.sink {
                store(context) { try sink.write(Array(part.readableBytesView)[...]) }
            } else {
                body.append(contentsOf: part.readableBytesView)
            }
        case .end:
            guard let head else { return finish(failure: .malformedAnswer("no head"), context: context) }
            complete(exchange, head: head, context: context)
        }
    }

    private func store(_ context: ChannelHandlerContext, _ write: () throws -> Void) {
        do {
            try write()
        } catch is AnswerSink.Enough {
            guard let exchange, let head else { return }
            complete(exchange, head: head, isWhole: false, context: context)
        } catch {
            finish(failure: .notStored("\(error)"), context: context)
        }
    }

    private static func answer(_ head: HTTPResponseHead, body: [UInt8]) -> InboundAnswer {
        InboundAnswer(status: Int(head.status.code), headers: head.headers.map { (name: $0.name, value: $0.value) }, body: body)
    }

    private func complete(_ exchange: HTTPExchange, head: HTTPResponseHead, isWhole: Bool = true, context: ChannelHandlerContext) {
        let answer = HTTPExchangeHandler.answer(head, body: body)
        let keepsAlive = isWhole && head.isKeepAlive && context.channel.isActive
        reset()
        schedule(in: idleTime, context: context) { _, context in context.close(promise: nil) }
        exchange.answer.succeed(HTTPExchangeAnswer(answer: answer, keepsAlive: keepsAlive))
        if !keepsAlive { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(failure: .closed, context: context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            finish(failure: .malformedAnswer("\(error)"), context: context)
        } else if let error = error as? NIOHTTPDecompression.DecompressionError {
            finish(failure: error == .limit ? .answerTooLarge : .malformedAnswer("\(error)"), context: context)
        } else {
            finish(failure: .closed, context: context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(failure: .closed, context: context)
    }

    private func finish(failure: TransportError, context: ChannelHandlerContext) {
        let exchange = self.exchange
        reset()
        exchange?.answer.fail(failure)
        context.close(promise: nil)
    }

    private func reset() {
        timer?.cancel()
        timer = nil
        exchange = nil
        head = nil
        body = []
        receivedBytes = 0
    }

    private func schedule(
        in time: TimeAmount, context: ChannelHandlerContext, _ action: @escaping (HTTPExchangeHandler, ChannelHandlerContext) -> Void
    ) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in
            guard let self else { return }
            action(self, context)
        }
    }
}

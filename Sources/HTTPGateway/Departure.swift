import NIOCore
import ServiceLifecycle

/// The wish of one request to know when its client has gone.
final class DepartureWatch: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Never.self)
    }

    func depart() { continuation.finish() }

    /// Returns when the client has gone or the waiting task is cancelled.
    func departed() async {
        for await _ in stream {}
    }

    /// Runs an operation that is cancelled when the connection's client goes away or the server shuts down.
    ///
    /// Meant for reads, such as a long poll: a write runs to its end whether or not somebody still waits for the answer.
    static func cancelling<Answer: Sendable>(
        on channel: any Channel, _ operation: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let watch = DepartureWatch()
        channel.triggerUserOutboundEvent(watch, promise: nil)
        return try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Answer?.self) { group in
                group.addTask { try await operation() }
                group.addTask {
                    await watch.departed()
                    return nil
                }
                while let result = try await group.next() {
                    // Whichever came first, the other one has to end: the watch because it is not needed, the operation because nobody
                    // waits. A cancelled operation may still give an answer.
                    group.cancelAll()
                    if let answer = result { return answer }
                }
                throw CancellationError()
            }
        } onGracefulShutdown: {
            watch.depart()
        }
    }
}

/// Tells the request in progress that its client has closed its side of the connection.
final class DepartureHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny

    private var watch: DepartureWatch?
    private var hasDeparted = false

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let watch = event as? DepartureWatch else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        if hasDeparted { watch.depart() } else { self.watch = watch }
        promise?.succeed(())
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { depart() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        depart()
        context.fireChannelInactive()
    }

    private func depart() {
        hasDeparted = true
        watch?.depart()
        watch = nil
    }
}

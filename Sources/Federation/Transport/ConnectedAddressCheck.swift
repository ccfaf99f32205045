import NIOCore

/// Ends a connection before its handshake where the address that the socket has is not permitted: what counts is not what was looked up.
final class ConnectedAddressCheck: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let policy: AddressPolicy
    private let ready: EventLoopPromise<Void>
    private let isLast: Bool

    /// `isLast`: whether the connection is ready once its address is permitted, since no handshake follows.
    init(policy: AddressPolicy, ready: EventLoopPromise<Void>, isLast: Bool) {
        self.policy = policy
        self.ready = ready
        self.isLast = isLast
    }

    func channelActive(context: ChannelHandlerContext) {
        let text = context.remoteAddress?.ipAddress
        guard let address = text.flatMap({ IPAddress($0) }), policy.permits(address) else {
            ready.fail(TransportError.addressRefused(text ?? "without a number"))
            context.close(promise: nil)
            return
        }
        context.fireChannelActive()
        if isLast { ready.succeed() }
    }
}

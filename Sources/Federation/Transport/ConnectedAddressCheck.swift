import NIOCore

/// Ends a connection before its handshake where the address that the socket has is not permitted: what counts is not what was looked up.
final class ConnectedAddressCheck: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let policy: AddressPolicy
    private let ready: EventLoopPromise<Void>

    init(policy: AddressPolicy, ready: EventLoopPromise<Void>) {
        self.policy = policy
        self.ready = ready
    }

    func channelActive(context: ChannelHandlerContext) {
        let text = context.remoteAddress?.ipAddress
        guard let address = text.flatMap({ IPAddress($0) }), policy.permits(address) else {
            ready.fail(TransportError.addressRefused(text ?? "without a number"))
            context.close(promise: nil)
            return
        }
        context.fireChannelActive()
    }
}

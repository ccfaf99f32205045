import NIOCore
import NIOSSL
import NIOTLS

/// Holds a new connection back until its handshake is done and the certificate names the peer.
final class PeerNameCheck: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let subject: CertificateSubject
    private let ready: EventLoopPromise<Void>
    private var lastError: TransportError?
    private var isDone = false

    init(subject: CertificateSubject, ready: EventLoopPromise<Void>) {
        self.subject = subject
        self.ready = ready
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(TLSUserEvent.handshakeCompleted) = event as? TLSUserEvent, !isDone {
            isDone = true
            if let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate(), subject.isNamed(by: certificate) {
                ready.succeed()
            } else {
                ready.fail(TransportError.certificateOfAnotherName(wanted: "\(subject)"))
                context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.tls("\(error)"), context: context)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.tls("closed by the peer"), context: context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(.closed, context: context)
    }

    private func fail(_ error: TransportError, context: ChannelHandlerContext) {
        guard !isDone else { return }
        isDone = true
        ready.fail(error)
        context.close(promise: nil)
    }
}

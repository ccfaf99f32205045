import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Runs the HTTP server of one listener until shutdown.
struct ListenerService: Service, CustomStringConvertible {
    let listener: Listener
    let server: HTTPServerBuilder
    let responder: GatewayResponder
    let logger: Logger
    let onBound: @Sendable (BoundListener) -> Void

    var description: String { "listener \(listener.address):\(listener.port)" }

    func run() async throws {
        var quiet = logger
        if quiet.logLevel < .warning { quiet.logLevel = .warning }
        let application = Application(
            responder: responder, server: server,
            configuration: .init(address: .hostname(listener.address, port: listener.port), backlog: Limits.backlog),
            onServerRunning: { [listener, onBound] channel in
                onBound(BoundListener(listener: listener, port: channel.localAddress?.port ?? listener.port))
            },
            logger: quiet)
        do {
            try await application.run()
        } catch let error as IOError where listener.isOptional && error.isMissingAddress {
            logger.notice("This machine does not have the address", metadata: ["address": "\(listener.address)"])
            try await gracefulShutdown()
        } catch {
            logger.critical(
                "Cannot listen", metadata: ["address": "\(listener.address)", "port": "\(listener.port)", "reason": "\(error)"])
            throw error
        }
    }
}

extension IOError {
    /// EADDRNOTAVAIL or EAFNOSUPPORT, by the numbers Linux gives them.
    fileprivate var isMissingAddress: Bool { errnoCode == 99 || errnoCode == 97 }
}

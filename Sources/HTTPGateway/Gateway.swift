public import Logging
public import MatrixAPI
public import ServiceLifecycle

/// Mounts a table of endpoints on HTTP: finds the route, establishes the caller, limits, and renders the answer. It knows no service.
public struct Gateway: Sendable {
    private let trie: PathTrie
    private let ports: GatewayPorts
    private let logger: Logger
    private let monotonicMicroseconds: @Sendable () -> Int

    /// `monotonicMicroseconds` is the clock of the request log. Throws where two endpoints claim the same method and path.
    public init(
        routes: RouteTable, ports: GatewayPorts, logger: Logger, monotonicMicroseconds: @escaping @Sendable () -> Int
    ) throws(GatewayError) {
        trie = try PathTrie(routes)
        self.ports = ports
        self.logger = logger
        self.monotonicMicroseconds = monotonicMicroseconds
    }

    /// A service that listens at each address; `onBound` learns each address with its real port. Throws where a TLS file cannot be used.
    public func services(
        for listeners: [Listener], onBound: @escaping @Sendable (BoundListener) -> Void
    ) throws(GatewayError) -> [any Service] {
        var services: [any Service] = []
        for listener in listeners {
            let responder = GatewayResponder(
                trie: trie, ports: ports, logger: logger, monotonicMicroseconds: monotonicMicroseconds,
                isBehindProxy: listener.isBehindProxy, isSecure: listener.tls != nil)
            services.append(
                ListenerService(
                    listener: listener, server: try listener.serverBuilder(), responder: responder, logger: logger, onBound: onBound))
        }
        return services
    }
}

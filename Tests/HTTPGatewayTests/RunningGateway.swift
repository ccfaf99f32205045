import HTTPGateway
import Logging
import MatrixAPI
import MatrixModel
import ServiceLifecycle
import Synchronization

/// A gateway over real sockets of 127.0.0.1 for the length of one test.
struct RunningGateway {
    let bound: [BoundListener]
    let group: ServiceGroup

    var client: RawClient { RawClient(port: bound[0].port) }

    static func with(
        _ routes: RouteTable, ports: GatewayPorts = .forTests(),
        listeners: [Listener] = [Listener(address: "127.0.0.1", port: 0)],
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ body: @escaping @Sendable (RunningGateway) async throws -> Void
    ) async throws {
        try await withSome(routes, ports: ports, listeners: listeners, awaiting: listeners.count, logger: logger, body)
    }

    /// Runs the body as soon as that many of the listeners accept connections.
    static func withSome(
        _ routes: RouteTable, ports: GatewayPorts = .forTests(), listeners: [Listener], awaiting count: Int,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ body: @escaping @Sendable (RunningGateway) async throws -> Void
    ) async throws {
        let gateway = try Gateway(routes: routes, ports: ports, logger: logger, monotonicMicroseconds: { 0 })
        let (stream, continuation) = AsyncStream.makeStream(of: BoundListener.self)
        let services = try gateway.services(for: listeners) { continuation.yield($0) }
        let group = ServiceGroup(configuration: .init(services: services, logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var bound: [BoundListener] = []
                for await listener in stream {
                    bound.append(listener)
                    if bound.count == count { break }
                }
                do {
                    try await body(RunningGateway(bound: bound, group: group))
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }
}

extension GatewayPorts {
    /// Knows the tokens `alice`, `guest`, `admin` and `locked`, and the peer whose `Authorization` fields number as many as asked for.
    static func forTests(
        refusedLimits: Set<RateLimitClass> = [], seen: @escaping @Sendable (String) -> Void = { _ in }
    ) -> GatewayPorts {
        GatewayPorts(
            authenticateUser: { credentials in
                seen("user \(credentials.accessToken) \(credentials.address) \(credentials.assertedUser ?? "-")")
                guard ["alice", "guest", "admin", "locked"].contains(credentials.accessToken), let server = ServerName("localhost"),
                    let user = UserID(localpart: credentials.accessToken, server: server)
                else { throw MatrixError(401, .unknownToken, "Unknown token.") }
                guard credentials.accessToken != "locked" || credentials.allowsLockedUsers else {
                    throw MatrixError(401, .userLocked, "Locked.", extra: ["soft_logout": true])
                }
                return UserCaller(
                    user: user, device: "D", tokenID: 1, isGuest: credentials.accessToken == "guest",
                    isAdmin: credentials.accessToken == "admin", address: credentials.address)
            },
            authenticatePeer: { credentials in
                seen("peer \(credentials.uri) \(credentials.authorization.count) \(credentials.body != nil)")
                guard !credentials.authorization.isEmpty, let origin = ServerName("peer.example") else {
                    throw MatrixError(401, .unauthorized, "No signature.")
                }
                return PeerCaller(origin: origin, address: credentials.address)
            },
            admit: { limit, _ throws(MatrixError) in
                if refusedLimits.contains(limit) {
                    throw MatrixError(429, .limitExceeded, "Slow down.", extra: ["retry_after_ms": 1500])
                }
            })
    }
}

/// What was seen, in order.
final class Record: Sendable {
    private let lines = Mutex<[String]>([])
    func note(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

public import Database
public import MatrixModel
import Synchronization

/// Which servers do not answer, and when to try again; forgotten as soon as they are heard from.
public final class PeerHealth: Sendable {
    private struct Failure {
        var count: Int
        var notBefore: Int
        var since: Int
    }
    private struct State {
        var failures: [ServerName: Failure] = [:]
        var listeners: [Int: AsyncStream<ServerName>.Continuation] = [:]
        var nextListener = 0
    }
    /// Servers remembered as failing; beyond that, those to be tried again soonest are forgotten.
    private static let capacity = 50_000
    /// Recoveries that a slow listener may lag behind.
    private static let bufferedRecoveries = 10_000

    private let state = Mutex(State())
    private let limits: FederationLimits
    private let environment: Environment

    public init(limits: FederationLimits, environment: Environment) {
        self.limits = limits
        self.environment = environment
    }

    /// A request of the server, or an answer from it, came in.
    public func heard(from server: ServerName) {
        let listeners = state.withLock { state in
            guard state.failures.removeValue(forKey: server) != nil else { return [AsyncStream<ServerName>.Continuation]() }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield(server) }
    }

    /// A request did not reach the server. Gives the pause before the next try, in milliseconds: it doubles with each failure, with some
    /// chance so that many servers do not come back at once.
    @discardableResult
    public func failed(_ server: ServerName) -> Int {
        let now = environment.monotonicMilliseconds()
        let chance = Int(environment.randomBytes(1).first ?? 0)
        return state.withLock { state in
            var failure = state.failures[server] ?? Failure(count: 0, notBefore: 0, since: now)
            // Failures within one pause count once: several requests under way fail together.
            guard failure.count == 0 || failure.notBefore <= now else { return failure.notBefore - now }
            let pause = min(limits.firstRetryMilliseconds << min(failure.count, 30), limits.maximumRetryMilliseconds)
            let drawn = pause + pause * chance / (5 * 255)
            failure.count += 1
            failure.notBefore = now + drawn
            if state.failures.count >= PeerHealth.capacity, let soonest = state.failures.min(by: { $0.value.notBefore < $1.value.notBefore }) {
                state.failures[soonest.key] = nil
            }
            state.failures[server] = failure
            return drawn
        }
    }

    /// How long not to bother the server, in milliseconds; 0 where it is not known to fail.
    public func pause(of server: ServerName) -> Int {
        let now = environment.monotonicMilliseconds()
        return state.withLock { state in max(0, (state.failures[server]?.notBefore ?? 0) - now) }
    }

    /// Whether the last request failed.
    public func isFailing(_ server: ServerName) -> Bool { state.withLock { $0.failures[server] != nil } }

    /// Failing servers with the count of failures, by name; for the operator.
    public var failing: [(server: ServerName, failures: Int)] {
        state.withLock { $0.failures.map { ($0.key, $0.value.count) } }.sorted { $0.0 < $1.0 }
    }

    /// The servers in an order to ask them: those that answer first, else as given.
    public func ordered(_ servers: [ServerName]) -> [ServerName] {
        let failing = state.withLock { state in Set(servers.filter { state.failures[$0] != nil }) }
        return servers.filter { !failing.contains($0) } + servers.filter { failing.contains($0) }
    }

    /// Servers as they are heard from again.
    func recoveries() -> AsyncStream<ServerName> {
        let (stream, continuation) = AsyncStream.makeStream(of: ServerName.self, bufferingPolicy: .bufferingNewest(PeerHealth.bufferedRecoveries))
        let id = state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.listeners[id] = nil } }
        return stream
    }
}

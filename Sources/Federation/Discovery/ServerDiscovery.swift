import Database
import MatrixModel
import Synchronization

/// From a server name to where its requests go ("Resolving server names"), with caches.
final class ServerDiscovery: Sendable {
    private struct State {
        /// Nil as value: a well-known that is absent or invalid.
        var wellKnown: ExpiringCache<String, ServerNameParts?>
        /// How often in a row the well-known of a host failed.
        var failures: ExpiringCache<String, Int>
    }

    private static let defaultPort = 8448
    private let wellKnown: WellKnown
    private let resolver: AddressResolver
    private let limits: FederationLimits
    private let environment: Environment
    private let state: Mutex<State>
    private let flights = SingleFlight<String, ServerNameParts?>()

    init(wellKnown: WellKnown, resolver: AddressResolver, limits: FederationLimits, environment: Environment) {
        self.wellKnown = wellKnown
        self.resolver = resolver
        self.limits = limits
        self.environment = environment
        state = Mutex(
            State(wellKnown: ExpiringCache(capacity: limits.discoveryEntries), failures: ExpiringCache(capacity: limits.discoveryEntries)))
    }

    /// Where to connect for that server, which `Host` to send and what the certificate must name.
    func route(to server: ServerName) async throws(TransportError) -> PeerRoute {
        guard let parts = ServerNameParts(server.description) else { throw .unresolved("not a server name: \(server)") }
        // Steps 1 and 2: an IP literal or an explicit port needs no discovery.
        if let direct = ServerDiscovery.directRoute(parts) { return direct }
        // Step 3: the well-known of the host; what it names goes through the same steps, but for a further well-known.
        guard let delegated = await delegation(of: parts.hostText.lowercased()) else { return try await serviceRoute(parts.hostText) }
        if let direct = ServerDiscovery.directRoute(delegated) { return direct }
        return try await serviceRoute(delegated.hostText)
    }

    private static func directRoute(_ parts: ServerNameParts) -> PeerRoute? {
        let text = parts.port.map { "\(parts.hostText):\($0)" } ?? parts.hostText
        switch parts.host {
        case .address:
            return PeerRoute(
                host: text, subject: parts.subject, endpoints: [PeerRoute.Endpoint(host: parts.host, port: parts.port ?? defaultPort)])
        case .name:
            guard let port = parts.port else { return nil }
            return PeerRoute(host: text, subject: parts.subject, endpoints: [PeerRoute.Endpoint(host: parts.host, port: port)])
        }
    }

    private func delegation(of host: String) async -> ServerNameParts? {
        let now = environment.monotonicMilliseconds()
        if let known = state.withLock({ $0.wellKnown.value(for: host, at: now) }) { return known }
        let found = try? await flights.run(host) { [self] in
            let found = await wellKnown.fetch(host: host)
            try Task.checkCancellation()
            remember(found, of: host)
            return found?.target
        }
        return found ?? nil
    }

    private func remember(_ delegation: WellKnown.Delegation?, of host: String) {
        let now = environment.monotonicMilliseconds()
        state.withLock { state in
            if let delegation {
                let age = delegation.maximumAgeMilliseconds ?? limits.wellKnownDefaultMilliseconds
                let bounded = min(max(age, limits.wellKnownMinimumMilliseconds), limits.wellKnownMaximumMilliseconds)
                state.failures.remove(host)
                state.wellKnown.insert(delegation.target, for: host, until: now + bounded, at: now)
            } else {
                let failures = state.failures.value(for: host, at: now) ?? 0
                let pause = min(limits.wellKnownErrorMilliseconds << min(failures, 16), limits.wellKnownMaximumErrorMilliseconds)
                state.failures.insert(failures + 1, for: host, until: now + 2 * limits.wellKnownMaximumErrorMilliseconds, at: now)
                state.wellKnown.insert(nil, for: host, until: now + pause, at: now)
            }
        }
    }

    /// Steps 4 to 6: `_matrix-fed._tcp`, then `_matrix._tcp`, then the host itself on port 8448. The certificate must name the host in
    /// each case, since "DNS is insecure".
    private func serviceRoute(_ host: String) async throws(TransportError) -> PeerRoute {
        for service in ["_matrix-fed._tcp.", "_matrix._tcp."] {
            let records = try await resolver.services(of: service + host)
            guard !records.isEmpty else { continue }
            let usable = records.filter { $0.target != "." && !$0.target.isEmpty && $0.port > 0 }
            let endpoints = ServiceRecord.ordered(usable, draw: draw).map {
                PeerRoute.Endpoint(host: .name($0.target), port: $0.port)
            }
            guard !endpoints.isEmpty else { throw .unresolved("the server says that it offers no federation") }
            return PeerRoute(host: host, subject: .dns(host), endpoints: endpoints)
        }
        return PeerRoute(
            host: host, subject: .dns(host), endpoints: [PeerRoute.Endpoint(host: .name(host), port: ServerDiscovery.defaultPort)])
    }

    /// A number in `0...upper`.
    private func draw(_ upper: Int) -> Int {
        let number = environment.randomBytes(4).reduce(0) { $0 << 8 | Int($1) }
        return number % (upper + 1)
    }
}

import Database
import NIOPosix
import Synchronization

/// DNS with a cache; the lookups wait on threads of their own, never on an event loop.
final class AddressResolver: Sendable {
    private struct State {
        var addresses: ExpiringCache<String, Result<[IPAddress], TransportError>>
        var services: ExpiringCache<String, [ServiceRecord]>
    }

    private let lookup: DNSLookup
    private let threads: NIOThreadPool
    private let state: Mutex<State>
    private let addressFlights = SingleFlight<String, [IPAddress]>()
    private let serviceFlights = SingleFlight<String, [ServiceRecord]>()
    private let limits: FederationLimits
    private let environment: Environment

    /// `servers`: DNS servers as `address:port,…`, nil for the machine's.
    init(servers: String?, limits: FederationLimits, environment: Environment) {
        lookup = DNSLookup(servers: servers)
        threads = NIOThreadPool(numberOfThreads: limits.resolverThreads)
        threads.start()
        state = Mutex(
            State(addresses: ExpiringCache(capacity: limits.discoveryEntries), services: ExpiringCache(capacity: limits.discoveryEntries)))
        self.limits = limits
        self.environment = environment
    }

    /// The addresses of a host in the order to try them; never empty.
    func addresses(of host: PeerRoute.Host) async throws(TransportError) -> [IPAddress] {
        switch host {
        case .address(let address): return [address]
        case .name(let name): return try await addresses(of: name)
        }
    }

    private func addresses(of name: String) async throws(TransportError) -> [IPAddress] {
        let key = name.lowercased()
        let now = environment.monotonicMilliseconds()
        if let known = state.withLock({ $0.addresses.value(for: key, at: now) }) { return try known.get() }
        let lookup = self.lookup
        let threads = self.threads
        do {
            let found = try await addressFlights.run(key) { try await threads.runIfActive { try lookup.addresses(of: key) } }
            guard !found.isEmpty else { throw TransportError.unresolved("no such name: \(name)") }
            remember(.success(found), for: key)
            return found
        } catch let error as TransportError {
            remember(.failure(error), for: key)
            throw error
        } catch {
            throw .unresolved("\(error)")
        }
    }

    private func remember(_ result: Result<[IPAddress], TransportError>, for key: String) {
        let now = environment.monotonicMilliseconds()
        state.withLock { $0.addresses.insert(result, for: key, until: now + limits.addressesMilliseconds, at: now) }
    }

    /// The SRV records of a name; empty where there are none. A failure of DNS itself is thrown and not kept.
    func services(of name: String) async throws(TransportError) -> [ServiceRecord] {
        let key = name.lowercased()
        let now = environment.monotonicMilliseconds()
        if let known = state.withLock({ $0.services.value(for: key, at: now) }) { return known }
        let lookup = self.lookup
        let threads = self.threads
        do {
            let found = try await serviceFlights.run(key) { try await threads.runIfActive { try lookup.services(of: key) } }
            let kept = Array(found.prefix(limits.serviceRecords))
            state.withLock { $0.services.insert(kept, for: key, until: now + limits.serviceRecordsMilliseconds, at: now) }
            return kept
        } catch let error as TransportError {
            throw error
        } catch {
            throw .unresolved("\(error)")
        }
    }

    /// Ends the threads.
    func shutDown() async {
        try? await threads.shutdownGracefully()
    }
}

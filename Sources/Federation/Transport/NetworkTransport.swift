public import Database
public import MatrixModel
public import NIOCore
import NIOSSL

/// Carries requests to other servers over the network.
public final class NetworkTransport: PeerTransport {
    /// What an operator can set.
    public struct Options: Sendable {
        /// Ranges to which connections are allowed although they are not public.
        public var allowedRanges: [AddressRange] = []
        /// Ranges refused in addition to those that are not public.
        public var deniedRanges: [AddressRange] = []
        /// PEM files of certificate authorities trusted in addition to the machine's.
        public var additionalAuthorities: [String] = []
        /// DNS servers as `address:port,…`; the machine's where nil.
        public var dnsServers: String?
        /// The port of well-known documents; for tests.
        public var wellKnownPort = 443

        public init() {}
    }

    private let network: HTTPNetwork
    private let resolver: AddressResolver
    private let discovery: ServerDiscovery

    /// Throws where an authority's file cannot be read. End it with `shutDown()`.
    public init(group: any EventLoopGroup, options: Options, limits: FederationLimits, environment: Environment) throws {
        let tls = try NIOSSLContext.federation(additionalAuthorities: options.additionalAuthorities)
        resolver = AddressResolver(servers: options.dnsServers, limits: limits, environment: environment)
        network = HTTPNetwork(
            group: group, tls: tls, policy: AddressPolicy(allowed: options.allowedRanges, denied: options.deniedRanges), resolver: resolver,
            limits: limits)
        discovery = ServerDiscovery(
            wellKnown: WellKnown(network: network, limits: limits, port: options.wellKnownPort), resolver: resolver, limits: limits,
            environment: environment)
    }

    public func exchange(_ request: OutboundRequest, with server: ServerName) async throws(TransportError) -> InboundAnswer {
        try await network.exchange(request, over: try await discovery.route(to: server))
    }

    public func download(
        _ request: OutboundRequest, from server: ServerName, into sink: AnswerSink
    ) async throws(TransportError) -> InboundAnswer {
        try await network.exchange(request, over: try await discovery.route(to: server), into: sink)
    }

    /// Where requests for a server go; for the operator's questions.
    public func route(to server: ServerName) async throws(TransportError) -> PeerRoute {
        try await discovery.route(to: server)
    }

    /// Closes connections and ends threads.
    public func shutDown() async {
        network.shutDown()
        await resolver.shutDown()
    }
}

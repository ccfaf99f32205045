public import Database
public import NIOCore
import NIOSSL

/// Gets what is at an address that anybody may have written: public addresses only, at every step, within bounds of size and time.
public final class WebClient: Sendable {
    /// What an operator can set.
    public struct Options: Sendable {
        /// Ranges to which connections are allowed although they are not public.
        public var allowedRanges: [AddressRange] = []
        /// Ranges refused in addition to those that are not public.
        public var deniedRanges: [AddressRange] = []
        /// Domains refused, with all below them.
        public var deniedDomains: [String] = []
        /// PEM files of certificate authorities trusted in addition to the machine's.
        public var additionalAuthorities: [String] = []
        /// DNS servers as `address:port,…`; the machine's where nil.
        public var dnsServers: String?
        public var userAgent = "Martlet"
        /// Steps from one address to the next.
        public var redirects = 5
        /// Largest answer, also after its compression was undone.
        public var maximumBytes = 10 << 20

        public init() {}
    }

    /// What was found in the end.
    public struct Answer: Sendable {
        /// Where it was found.
        public let url: WebURL
        /// Its body is empty where it is a 200: that is in the sink.
        public let answer: InboundAnswer

        /// How long it says that it can be kept, in milliseconds; nil where it does not say.
        public var maximumAgeMilliseconds: Int? { WellKnown.maximumAge(answer.header("cache-control")) }
    }

    private static let resolverThreads = 4
    private static let connectMilliseconds = 5_000
    private static let waitingPerHost = 64
    private static let largestCall = 1 << 20

    private let network: HTTPNetwork
    private let resolver: AddressResolver
    private let options: Options
    private let environment: Environment

    /// Throws where an authority's file cannot be read. End it with `shutDown()`.
    public init(group: any EventLoopGroup, options: Options, environment: Environment) throws {
        var limits = FederationLimits()
        limits.resolverThreads = WebClient.resolverThreads
        limits.connectTimeoutMilliseconds = WebClient.connectMilliseconds
        limits.waitingPerDestination = WebClient.waitingPerHost
        limits.idleConnections = 16
        limits.idleConnectionsPerDestination = 1
        limits.idleMilliseconds = 5_000
        limits.addressesPerRequest = 4
        self.options = options
        self.environment = environment
        resolver = AddressResolver(servers: options.dnsServers, limits: limits, environment: environment)
        network = HTTPNetwork(
            group: group, tls: try NIOSSLContext.federation(additionalAuthorities: options.additionalAuthorities),
            policy: AddressPolicy(allowed: options.allowedRanges, denied: options.deniedRanges), resolver: resolver, limits: limits,
            maximumInflatedBytes: options.maximumBytes)
    }

    /// Gets it, following redirects, each of which is checked like the first. The body of a 200 goes into the sink.
    ///
    /// Answers are not compressed where `maximumBytes` is given, which otherwise is that of the options.
    public func get(
        _ url: WebURL, headers: [(name: String, value: String)], timeoutMilliseconds: Int, maximumBytes: Int? = nil, into sink: AnswerSink
    ) async throws(WebError) -> Answer {
        let environment = self.environment
        let deadline = environment.monotonicMilliseconds() + timeoutMilliseconds
        let headers = headers + [("User-Agent", options.userAgent), ("Accept-Encoding", maximumBytes == nil ? "gzip, deflate" : "identity")]
        let maximumBytes = maximumBytes ?? options.maximumBytes
        do {
            return try await withThrowingTaskGroup(of: Answer.self) { group in
                group.addTask { try await self.follow(url, headers: headers, maximumBytes: maximumBytes, deadline: deadline, into: sink) }
                group.addTask {
                    try await environment.sleep(timeoutMilliseconds)
                    throw WebError.timeout
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw WebError.timeout }
                return answer
            }
        } catch let error as WebError {
            throw error
        } catch let error as TransportError {
            throw error == .timeout ? .timeout : .transport(error)
        } catch {
            throw .transport(.shutDown)
        }
    }

    /// One call of an API that answers in JSON; redirects are not followed.
    func call(
        _ method: String, _ url: WebURL, headers: [(name: String, value: String)], body: [UInt8]?, timeoutMilliseconds: Int
    ) async throws(WebError) -> InboundAnswer {
        try check(url)
        let request = OutboundRequest(
            method: method, target: url.target, headers: headers + [("User-Agent", options.userAgent), ("Connection", "close")], body: body,
            maximumAnswerBytes: WebClient.largestCall, timeoutMilliseconds: timeoutMilliseconds)
        do { return try await network.exchange(request, over: WebClient.route(to: url)) } catch { throw .transport(error) }
    }

    private func follow(
        _ url: WebURL, headers: [(name: String, value: String)], maximumBytes: Int, deadline: Int, into sink: AnswerSink
    ) async throws -> Answer {
        var url = url
        for _ in 0...options.redirects {
            try check(url)
            let left = deadline - environment.monotonicMilliseconds()
            guard left > 0 else { throw WebError.timeout }
            let request = OutboundRequest(
                method: "GET", target: url.target,
                headers: headers + [("Connection", "close")], maximumAnswerBytes: maximumBytes, timeoutMilliseconds: left)
            let answer = try await network.exchange(request, over: WebClient.route(to: url), into: sink)
            guard [301, 302, 303, 307, 308].contains(answer.status) else { return Answer(url: url, answer: answer) }
            guard let location = answer.header("location"), let next = WebURL(location, relativeTo: url) else { throw WebError.badRedirect }
            url = next
        }
        throw WebError.tooManyRedirects
    }

    private func check(_ url: WebURL) throws(WebError) {
        let host = url.host.hasSuffix(".") ? String(url.host.dropLast()) : url.host
        let isDenied = options.deniedDomains.contains { domain in host == domain || host.hasSuffix("." + domain) }
        guard !isDenied, url.port.map({ !WebClient.foreignPorts.contains($0) }) ?? true else { throw .refused(url.authority) }
    }

    private static func route(to url: WebURL) -> PeerRoute {
        let subject: CertificateSubject? =
            switch url.hostValue.kind {
            case _ where !url.isSecure: nil
            case .name(let name): .dns(name)
            case .address(let address): .address(address)
            }
        return PeerRoute(
            host: url.authority, subject: subject,
            endpoints: [PeerRoute.Endpoint(host: url.hostValue.kind, port: url.port ?? (url.isSecure ? 443 : 80))])
    }

    /// Closes connections and ends threads.
    public func shutDown() async {
        network.shutDown()
        await resolver.shutDown()
    }

    /// Ports of other protocols, which a request must not be sent to (Fetch Standard, "Port blocking").
    private static let foreignPorts: Set<Int> = [
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117,
        119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
        989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    ]
}

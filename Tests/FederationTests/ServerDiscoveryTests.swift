import Federation
import MatrixModel
import NIOPosix
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ServerDiscoveryTests {
    let clock = VirtualClock()

    /// Runs with a DNS server, and one web server that answers for every name: `documents` by host, other hosts get 404.
    private func withWorld(
        services: [String: [LoopbackDNS.Record]] = [:], documents: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Answer?,
        _ body: (NetworkTransport, LoopbackServer, LoopbackDNS) async throws -> Void
    ) async throws {
        let leaf = try SharedAuthority.authority.leaf("DNS:host.test,DNS:delegate.test,DNS:third.test,DNS:target.test")
        let web = try await LoopbackServer(leaf) { documents($0) ?? .body(404, [], []) }
        var records = services
        for name in ["host.test", "delegate.test", "third.test", "target.test"] { records[name, default: []].append(.address([127, 0, 0, 1])) }
        let dns = try await LoopbackDNS(records)
        var options = NetworkTransport.Options()
        options.allowedRanges = [AddressRange("127.0.0.0/8")].compactMap { $0 }
        options.additionalAuthorities = [try SharedAuthority.authority.certificate]
        options.dnsServers = dns.servers
        options.wellKnownPort = web.port
        let transport = try NetworkTransport(
            group: MultiThreadedEventLoopGroup.singleton, options: options, limits: FederationLimits(), environment: clock.environment(seed: 1))
        try await body(transport, web, dns)
        await transport.shutDown()
        await web.stop()
        await dns.stop()
    }

    private func service(_ port: UInt16, priority: UInt16 = 1, _ target: String = "target.test") -> LoopbackDNS.Record {
        .service(priority: priority, weight: 1, port: port, target: target)
    }

    private func route(_ host: String, named subject: String? = nil, to endpoints: (String, Int)...) -> PeerRoute {
        PeerRoute(
            host: host, subject: .dns(subject ?? host), endpoints: endpoints.map { PeerRoute.Endpoint(host: .name($0.0), port: $0.1) })
    }

    @Test func `literals and ports need neither well-known nor SRV`() async throws {
        try await withWorld(services: ["_matrix-fed._tcp.host.test": [service(1)]], documents: { _ in .json(#"{"m.server":"third.test:1"}"#) }) {
            (transport, web, dns) async throws in
            #expect(try await transport.route(to: server("host.test:99")) == route("host.test:99", named: "host.test", to: ("host.test", 99)))
            let address = try #require(IPAddress("1.2.3.4"))
            #expect(
                try await transport.route(to: server("1.2.3.4"))
                    == PeerRoute(host: "1.2.3.4", subject: .address(address), endpoints: [.init(host: .address(address), port: 8448)]))
            let six = try #require(IPAddress("::1"))
            #expect(
                try await transport.route(to: server("[::1]:5"))
                    == PeerRoute(host: "[::1]:5", subject: .address(six), endpoints: [.init(host: .address(six), port: 5)]))
            #expect(web.requests.values.isEmpty)
            #expect(dns.questions.values.isEmpty)
        }
    }

    @Test func `without well-known the new service name goes before the old, and both before port 8448`() async throws {
        try await withWorld(
            services: [
                "_matrix-fed._tcp.host.test": [service(20, priority: 2, "third.test"), service(10)],
                "_matrix._tcp.host.test": [service(30)], "_matrix._tcp.delegate.test": [service(40)],
            ], documents: { _ in nil }
        ) { (transport, _, _) async throws in
            #expect(try await transport.route(to: server("host.test")) == route("host.test", to: ("target.test", 10), ("third.test", 20)))
            #expect(try await transport.route(to: server("delegate.test")) == route("delegate.test", to: ("target.test", 40)))
            #expect(try await transport.route(to: server("third.test")) == route("third.test", to: ("third.test", 8448)))
        }
    }

    @Test(arguments: [
        (#"{"m.server":"delegate.test:77"}"#, "delegate.test:77", "delegate.test", 77),
        (#"{"m.server":"third.test"}"#, "third.test", "third.test", 8448),
    ])
    func `a well-known document names where to go`(document: String, host: String, name: String, port: Int) async throws {
        try await withWorld(services: ["_matrix-fed._tcp.host.test": [service(1)]], documents: { _ in .json(document) }) {
            (transport, web, _) async throws in
            #expect(try await transport.route(to: server("host.test")) == route(host, named: name, to: (name, port)))
            #expect(web.requests.values.map(\.target) == ["/.well-known/matrix/server"])
        }
    }

    @Test func `a delegated name without port is looked up as a service of its own`() async throws {
        try await withWorld(services: ["_matrix-fed._tcp.delegate.test": [service(5)]], documents: { _ in .json(#"{"m.server":"delegate.test"}"#) }) {
            (transport, _, _) async throws in
            #expect(try await transport.route(to: server("host.test")) == route("delegate.test", to: ("target.test", 5)))
        }
    }

    @Test(arguments: [
        "{}", "not JSON", #"{"m.server":7}"#, #"{"m.server":"no server name!"}"#, #"{"m.server":"a.test:99999"}"#,
        #"{"m.server":"third.test:1","x":""# + String(repeating: "x", count: 51 << 10) + #""}"#,
    ])
    func `an invalid document is as if there were none`(document: String) async throws {
        try await withWorld(documents: { _ in .json(document) }) { (transport, _, _) async throws in
            #expect(try await transport.route(to: server("host.test")) == route("host.test", to: ("host.test", 8448)))
        }
    }

    @Test func `redirects are followed, but not for ever, and not to plain HTTP`() async throws {
        try await withWorld(documents: { request in
            switch (request.header("host")?.split(separator: ":").first ?? "", request.target) {
            case ("host.test", "/.well-known/matrix/server"): .body(302, [("Location", "/elsewhere")], [])
            case ("host.test", "/elsewhere"): .json(#"{"m.server":"third.test:9"}"#)
            case ("delegate.test", _): .body(301, [("Location", "/.well-known/matrix/server")], [])
            default: .body(301, [("Location", "http://host.test/elsewhere")], [])
            }
        }) { (transport, web, _) async throws in
            #expect(try await transport.route(to: server("host.test")) == route("third.test:9", named: "third.test", to: ("third.test", 9)))
            #expect(try await transport.route(to: server("delegate.test")).endpoints.first?.port == 8448)
            #expect(try await transport.route(to: server("third.test")).endpoints.first?.port == 8448)
            #expect(web.requests.values.count == 2 + 6 + 1)
        }
    }

    @Test func `documents are kept as long as they say, errors for a while that grows`() async throws {
        try await withWorld(documents: { request in
            request.header("host")?.hasPrefix("host.test") == true
                ? .body(200, [("Cache-Control", "max-age=1000")], Array(#"{"m.server":"third.test:9"}"#.utf8)) : nil
        }) { (transport, web, _) async throws in
            func count(_ name: String) async throws -> Int {
                _ = try await transport.route(to: server(name))
                return web.requests.values.count
            }
            #expect(try await count("host.test") == 1)
            clock.advance(by: 999_000)
            #expect(try await count("host.test") == 1)
            clock.advance(by: 2_000)
            #expect(try await count("host.test") == 2)

            #expect(try await count("delegate.test") == 3)
            clock.advance(by: 119_000)
            #expect(try await count("delegate.test") == 3)
            clock.advance(by: 2_000)
            #expect(try await count("delegate.test") == 4)
            clock.advance(by: 121_000)
            #expect(try await count("delegate.test") == 4)
            clock.advance(by: 120_000)
            #expect(try await count("delegate.test") == 5)
        }
    }

    @Test func `a request goes through SRV to a server that proves the first name`() async throws {
        let leaf = try SharedAuthority.authority.leaf("DNS:host.test")
        let peer = try await LoopbackServer(leaf) { _ in .json("{}") }
        try await withWorld(services: ["_matrix-fed._tcp.host.test": [service(UInt16(peer.port))]], documents: { _ in nil }) {
            (transport, _, dns) async throws in
            let request = OutboundRequest(method: "GET", target: "/x", maximumAnswerBytes: 100, timeoutMilliseconds: 20_000)
            #expect(try await transport.exchange(request, with: server("host.test")).status == 200)
            #expect(peer.requests.values.first?.header("host") == "host.test")
            let asked = dns.questions.values
            #expect(asked.contains("_matrix-fed._tcp.host.test 33"))
            #expect(asked.contains("target.test 1"))
            #expect(!asked.contains("_matrix._tcp.host.test 33"))
        }
        await peer.stop()
    }

    @Test func `a name that does not exist is told`() async throws {
        try await withWorld(documents: { _ in nil }) { (transport, _, _) async throws in
            let request = OutboundRequest(method: "GET", target: "/x", maximumAnswerBytes: 100, timeoutMilliseconds: 20_000)
            let error = await #expect(throws: TransportError.self) { _ = try await transport.exchange(request, with: server("nowhere.test")) }
            guard case .unresolved = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}

import Federation
import MatrixModel
import NIOPosix
import Testing

/// One authority for all tests of the file: each openssl call costs some milliseconds.
enum SharedAuthority {
    static let result = Result { try TestAuthority() }
    static var authority: TestAuthority { get throws { try result.get() } }
}

@Suite(.timeLimit(.minutes(1))) struct HTTPNetworkTests {
    let clock = VirtualClock()

    private func transport(
        allowing ranges: [String] = ["127.0.0.0/8"], trusting authority: Bool = true, limits: FederationLimits = FederationLimits()
    ) throws -> NetworkTransport {
        var options = NetworkTransport.Options()
        options.allowedRanges = ranges.compactMap { AddressRange($0) }
        options.additionalAuthorities = authority ? [try SharedAuthority.authority.certificate] : []
        return try NetworkTransport(
            group: MultiThreadedEventLoopGroup.singleton, options: options, limits: limits, environment: clock.environment(seed: 1))
    }

    private func request(
        _ method: String = "GET", _ target: String = "/", body: String? = nil, bytes: Int = 10_000, timeout: Int = 20_000
    ) -> OutboundRequest {
        OutboundRequest(
            method: method, target: target, headers: [("Authorization", "X-Matrix test")], body: body.map { Array($0.utf8) },
            maximumAnswerBytes: bytes, timeoutMilliseconds: timeout)
    }

    private func error(
        _ transport: NetworkTransport, _ name: String, _ request: OutboundRequest
    ) async -> TransportError? {
        do {
            _ = try await transport.exchange(request, with: server(name))
            return nil
        } catch {
            return error
        }
    }

    @Test func `a request has its length, its type and the server's name, and the connection is kept`() async throws {
        let peer = try await LoopbackServer(try SharedAuthority.authority.leaf("DNS:localhost")) { _ in .json("{}") }
        let transport = try transport()
        for _ in 1...3 {
            let answer = try await transport.exchange(request("PUT", "/a?b=c", body: #"{"a":1}"#), with: server("localhost:\(peer.port)"))
            #expect(answer.status == 200)
            #expect(answer.body == Array("{}".utf8))
        }
        let seen = peer.requests.values
        #expect(seen.allSatisfy { $0.target == "/a?b=c" && $0.body == Array(#"{"a":1}"#.utf8) })
        #expect(seen.allSatisfy { $0.header("content-length") == "7" && $0.header("transfer-encoding") == nil })
        #expect(seen.allSatisfy { $0.header("content-type") == "application/json" && $0.header("host") == "localhost:\(peer.port)" })
        #expect(seen.map(\.connection) == [1, 1, 1])
        await transport.shutDown()
        await peer.stop()
    }

    @Test func `a certificate of the peer's address is not enough for a name`() async throws {
        let peer = try await LoopbackServer(try SharedAuthority.authority.leaf("IP:127.0.0.1")) { _ in .json("{}") }
        let transport = try transport()
        let error = await error(transport, "localhost:\(peer.port)", request())
        guard case .certificateOfAnotherName = error else {
            Issue.record("the name was not checked: \(String(describing: error))")
            return
        }
        #expect(peer.requests.values.isEmpty)
        // For the address itself it is what is needed.
        #expect(await self.error(transport, "127.0.0.1:\(peer.port)", request()) == nil)
        await transport.shutDown()
        await peer.stop()
    }

    @Test func `a certificate of another name is refused`() async throws {
        let peer = try await LoopbackServer(try SharedAuthority.authority.leaf("DNS:other.test")) { _ in .json("{}") }
        let transport = try transport()
        let error = await error(transport, "localhost:\(peer.port)", request())
        guard case .tls = error else {
            Issue.record("the name was not checked: \(String(describing: error))")
            return
        }
        #expect(peer.requests.values.isEmpty)
        await transport.shutDown()
        await peer.stop()
    }

    @Test func `an authority that is not trusted is refused`() async throws {
        let peer = try await LoopbackServer(try SharedAuthority.authority.leaf("DNS:localhost")) { _ in .json("{}") }
        let transport = try transport(trusting: false)
        let error = await error(transport, "localhost:\(peer.port)", request())
        guard case .tls = error else {
            Issue.record("the chain was not checked: \(String(describing: error))")
            return
        }
        await transport.shutDown()
        await peer.stop()
    }

    @Test func `no connection is made to an address that is not public`() async throws {
        let peer = try await LoopbackServer(try SharedAuthority.authority.leaf("DNS:localhost,IP:127.0.0.1")) { _ in .json("{}") }
        let transport = try transport(allowing: [])
        for name in ["127.0.0.1", "localhost"] {
            let error = await error(transport, "\(name):\(peer.port)", request())
            guard case .addressRefused = error else {
                Issue.record("\(name): \(String(describing: error))")
                continue
            }
        }
        #expect(peer.connectionCount == 0)
        await transport.shutDown()
        await peer.stop()
    }

    @Test func `an answer beyond the bound is cut off`() async throws {
        let peer = try await LoopbackServer(try SharedAuthority.authority.leaf("DNS:localhost")) { _ in
            .body(200, [], [UInt8](repeating: 1, count: 100_000))
        }
        let transport = try transport()
        #expect(await error(transport, "localhost:\(peer.port)", request(bytes: 99_999)) == .answerTooLarge)
        #expect(await error(transport, "localhost:\(peer.port)", request(bytes: 100_000)) == nil)
        await transport.shutDown()
        await peer.stop()
    }

    @Test func `a peer that does not answer is given up`() async throws {
        let peer = try await LoopbackServer(try SharedAuthority.authority.leaf("DNS:localhost")) { _ in .never }
        let transport = try transport()
        #expect(await error(transport, "localhost:\(peer.port)", request(timeout: 50)) == .timeout)
        await transport.shutDown()
        await peer.stop()
    }

    @Test func `a kept connection that the peer closes is replaced`() async throws {
        let peer = try await LoopbackServer(try SharedAuthority.authority.leaf("DNS:localhost")) { _ in .bodyThenClose(Array("{}".utf8)) }
        let transport = try transport()
        for _ in 1...5 { #expect(await error(transport, "localhost:\(peer.port)", request()) == nil) }
        await transport.shutDown()
        await peer.stop()
    }

    @Test func `requests beyond the connections of a destination wait for them`() async throws {
        let peer = try await LoopbackServer(try SharedAuthority.authority.leaf("DNS:localhost")) { _ in .json("{}") }
        var limits = FederationLimits()
        limits.connectionsPerDestination = 2
        let transport = try transport(limits: limits)
        let name = server("localhost:\(peer.port)")
        let answered = await withTaskGroup(of: Bool.self) { group in
            for _ in 1...40 { group.addTask { (try? await transport.exchange(request(), with: name)) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(answered == 40)
        #expect(peer.connectionCount <= 2)
        await transport.shutDown()
        await peer.stop()
    }

    @Test func `a refused connection is told`() async throws {
        let transport = try transport()
        let error = await error(transport, "127.0.0.1:1", request())
        guard case .unreachable = error else {
            Issue.record("port 1 answered: \(String(describing: error))")
            return
        }
        await transport.shutDown()
    }
}

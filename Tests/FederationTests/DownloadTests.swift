import Federation
import MatrixModel
import NIOPosix
import Synchronization
import Testing

/// What a sink was given.
private final class Sunk: Sendable {
    struct Full: Error {}
    private let state = Mutex<(begun: Int, bytes: [UInt8])>((0, []))
    private let capacity: Int
    init(capacity: Int = .max) { self.capacity = capacity }

    var begun: Int { state.withLock { $0.begun } }
    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var sink: AnswerSink {
        AnswerSink(
            begin: { self.state.withLock { $0 = ($0.begun + 1, []) } },
            write: { piece in
                try self.state.withLock { state in
                    guard state.bytes.count + piece.count <= self.capacity else { throw Full() }
                    state.bytes += piece
                }
            })
    }
}

@Suite(.timeLimit(.minutes(1))) struct DownloadTests {
    private static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    private func transport() throws -> NetworkTransport {
        var options = NetworkTransport.Options()
        options.allowedRanges = ["127.0.0.0/8"].compactMap { AddressRange($0) }
        options.additionalAuthorities = [try SharedAuthority.authority.certificate]
        return try NetworkTransport(
            group: MultiThreadedEventLoopGroup.singleton, options: options, limits: FederationLimits(),
            environment: VirtualClock().environment(seed: 1))
    }

    private func request(bytes: Int = 1_000_000) -> OutboundRequest {
        OutboundRequest(method: "GET", target: "/media", headers: [("Accept", "*/*")], maximumAnswerBytes: bytes, timeoutMilliseconds: 20_000)
    }

    @Test func `a body goes into the sink and not into the answer`() async throws {
        let peer = try await LoopbackServer(try SharedAuthority.authority.leaf("DNS:localhost")) { _ in
            .body(200, [("Content-Type", "image/png")], DownloadTests.content)
        }
        let transport = try transport()
        for _ in 1...2 {
            let sunk = Sunk()
            let answer = try await transport.download(request(), from: server("localhost:\(peer.port)"), into: sunk.sink)
            #expect(answer.header("content-type") == "image/png")
            #expect(answer.body.isEmpty)
            #expect(sunk.bytes == DownloadTests.content)
            #expect(sunk.begun == 1)
        }
        #expect(peer.requests.values.map(\.connection) == [1, 1])
        #expect(peer.requests.values.allSatisfy { $0.headers.filter { $0.0.lowercased() == "accept" }.map(\.1) == ["*/*"] })
        await transport.shutDown()
        await peer.stop()
    }

    @Test func `a refusal is in the answer and not in the sink`() async throws {
        let peer = try await LoopbackServer(try SharedAuthority.authority.leaf("DNS:localhost")) { _ in
            .body(404, [], Array(#"{"errcode":"M_UNRECOGNIZED"}"#.utf8))
        }
        let transport = try transport()
        let sunk = Sunk()
        let answer = try await transport.download(request(), from: server("localhost:\(peer.port)"), into: sunk.sink)
        #expect(answer.status == 404)
        #expect(answer.body.count == 28)
        #expect(sunk.begun == 0)
        await transport.shutDown()
        await peer.stop()
    }

    @Test func `a body over the limit, or that the sink cannot take, ends the download`() async throws {
        let peer = try await LoopbackServer(try SharedAuthority.authority.leaf("DNS:localhost")) { _ in .body(200, [], DownloadTests.content) }
        let transport = try transport()
        let name = server("localhost:\(peer.port)")
        await #expect(throws: TransportError.answerTooLarge) {
            _ = try await transport.download(request(bytes: 299_999), from: name, into: Sunk().sink)
        }
        let small = Sunk(capacity: 100_000)
        await #expect(throws: TransportError.notStored("Full()")) {
            _ = try await transport.download(request(), from: name, into: small.sink)
        }
        // What failed leaves no trace in the next one.
        let sunk = Sunk()
        _ = try await transport.download(request(), from: name, into: sunk.sink)
        #expect(sunk.bytes == DownloadTests.content)
        await transport.shutDown()
        await peer.stop()
    }
}

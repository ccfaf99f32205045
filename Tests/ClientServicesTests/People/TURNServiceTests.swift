import MatrixAPI
import MatrixModel
import Testing

@testable import ClientServices

struct TURNServiceTests {
    @Test func `credentials are those that the relay computes`() {
        // Computed with openssl dgst -sha1 -hmac.
        #expect(TURNService.password(for: "1700086400:@alice:test", "north") == "UYBxx2p1fCPmhcgwSWvKFmHS7aI=")
    }

    @Test func `people are given credentials that end`() async throws {
        var configuration = AccountConfiguration.testing
        configuration.turn = TURNConfiguration(
            uris: ["turn:turn.example.org?transport=udp"], sharedSecret: Secret("north"), lifetimeSeconds: 86_400, allowsGuests: false)
        let server = try await AccountTestServer(configuration)
        let alice = try await server.register("alice")
        let answer = try await server.ok(.get, "/_matrix/client/v3/voip/turnServer", as: alice)
        #expect(answer["username"]?.string == "1700086400:@alice:test")
        #expect(answer["password"]?.string == TURNService.password(for: "1700086400:@alice:test", "north"))
        #expect(answer["ttl"]?.integer == 86_400)
        #expect(answer["uris"]?[0]?.string == "turn:turn.example.org?transport=udp")
        let guest = try await server.ok(.post, "/_matrix/client/v3/register?kind=guest", [:])
        let refused = try await server.ok(.get, "/_matrix/client/v3/voip/turnServer", as: guest["access_token"]?.string)
        #expect(refused.value == [:])
    }

    @Test func `without a relay the answer is empty`() async throws {
        let server = try await AccountTestServer()
        let alice = try await server.register("alice")
        let answer = try await server.ok(.get, "/_matrix/client/v3/voip/turnServer", as: alice)
        #expect(answer.value == [:])
    }
}

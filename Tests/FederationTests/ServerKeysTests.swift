import Database
import MatrixAPI
import MatrixModel
import RoomGraph
import Storage
import Testing

@testable import Federation

@Suite(.timeLimit(.minutes(1))) struct ServerKeysTests {
    let network = MemoryNetwork()
    let clock = VirtualClock()
    let peer = server("peer.test")
    let peerKey = SigningKey(seed: [UInt8](repeating: 5, count: 32), id: "ed25519:p")

    private func keys(notaries: [ServerName] = []) async throws -> ServerKeys {
        let database = try Database.memory()
        try await Migrator(migrations: Schema.migrations).migrate(database)
        return FederationFoundation(
            own: OwnKeys(serverName: server("own.test"), signingKey: SigningKey(seed: [UInt8](repeating: 1, count: 32), id: "ed25519:o")),
            transport: network.transport(of: server("own.test")), notaries: notaries, database: database,
            environment: clock.environment(seed: 3)
        ).keys
    }

    /// The peer publishes a document; `change` spoils it before or after it is signed.
    private func publish(validFor milliseconds: Int = 3_600_000, spoil: @escaping @Sendable (inout JSONValue) -> Void = { _ in }) {
        let (clock, peer, peerKey) = (self.clock, self.peer, self.peerKey)
        network.serve(peer) { _, _ throws(TransportError) in
            var document = JSONSigning.sign(
                [
                    "server_name": .string(peer.description), "valid_until_ts": .integer(clock.now + milliseconds),
                    "verify_keys": ["ed25519:p": ["key": .string(peerKey.publicKeyBase64)]],
                    "old_verify_keys": ["ed25519:q": ["key": .string(peerKey.publicKeyBase64), "expired_ts": .integer(clock.now - 1_000)]],
                ], as: peer, with: peerKey)
            spoil(&document)
            return InboundAnswer(status: 200, body: document.bytes())
        }
    }

    private var requests: Int { network.sent.values.count }

    private func need(_ id: String = "ed25519:p", at time: Int?) -> KeyNeed { KeyNeed(server: peer, keyID: id, validAt: time) }

    @Test func `a key is fetched once and kept`() async throws {
        publish()
        let keys = try await keys()
        for _ in 1...3 {
            let ring = await keys.ring(for: [need(at: clock.now)])
            #expect(ring.key(of: peer, "ed25519:p", validAt: clock.now)?.publicKey == peerKey.publicKey)
        }
        #expect(requests == 1)
    }

    @Test func `callers at the same time share one fetch`() async throws {
        publish()
        let keys = try await keys()
        let found = await withTaskGroup(of: Bool.self) { group in
            for _ in 1...20 { group.addTask { await keys.ring(for: [need(at: clock.now)]).key(of: peer, "ed25519:p", validAt: nil) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(found == 20)
        #expect(requests == 1)
    }

    @Test func `an old key holds for events from before its end`() async throws {
        publish()
        let ring = await (try await keys()).ring(for: [need("ed25519:q", at: clock.now - 5_000)])
        #expect(ring.key(of: peer, "ed25519:q", validAt: clock.now - 5_000) != nil)
        #expect(ring.key(of: peer, "ed25519:q", validAt: clock.now) == nil)
    }

    @Test func `a key counts for seven days at most`() async throws {
        publish(validFor: 400 * 86_400_000)
        let ring = await (try await keys()).ring(for: [need(at: clock.now)])
        #expect(ring.key(of: peer, "ed25519:p", validAt: clock.now + 6 * 86_400_000) != nil)
        #expect(ring.key(of: peer, "ed25519:p", validAt: clock.now + 8 * 86_400_000) == nil)
    }

    @Test func `a key past its validity is fetched again`() async throws {
        publish(validFor: 120_000)
        let keys = try await keys()
        _ = await keys.ring(for: [need(at: clock.now)])
        clock.advance(by: 200_000)
        let ring = await keys.ring(for: [need(at: clock.now)])
        #expect(ring.key(of: peer, "ed25519:p", validAt: clock.now) != nil)
        #expect(requests == 2)
    }

    @Test func `a server without the key is not asked again at once`() async throws {
        publish()
        let keys = try await keys()
        for _ in 1...5 { _ = await keys.ring(for: [need("ed25519:unknown", at: nil)]) }
        #expect(requests == 1)
        clock.advance(by: 120_000)
        _ = await keys.ring(for: [need("ed25519:unknown", at: nil)])
        #expect(requests == 2)
    }

    @Test func `a server that was down is asked again soon`() async throws {
        publish()
        let keys = try await keys()
        network.setDown(peer, true)
        _ = await keys.ring(for: [need(at: clock.now)])
        network.setDown(peer, false)
        let early = await keys.ring(for: [need(at: clock.now)])
        #expect(early.key(of: peer, "ed25519:p", validAt: nil) == nil)
        clock.advance(by: 6_000)
        let later = await keys.ring(for: [need(at: clock.now)])
        #expect(later.key(of: peer, "ed25519:p", validAt: nil) != nil)
    }

    @Test(arguments: 0..<3) func `a document that is not the server's own word is refused`(fault: Int) async throws {
        publish { document in
            switch fault {
            case 0: document["server_name"] = "other.test"
            case 1: document["valid_until_ts"] = .integer(1_900_000_000_000)
            default: document["signatures"] = [:]
            }
        }
        let ring = await (try await keys()).ring(for: [need(at: nil)])
        #expect(ring.key(of: peer, "ed25519:p", validAt: nil) == nil)
    }

    @Test func `a notary vouches for a server that does not answer`() async throws {
        let notary = server("notary.test")
        // The notary is a whole foundation of its own that fetched the peer's keys while it was up.
        let database = try Database.memory()
        try await Migrator(migrations: Schema.migrations).migrate(database)
        let notaryKey = SigningKey(seed: [UInt8](repeating: 7, count: 32), id: "ed25519:n")
        let own = OwnKeys(serverName: notary, signingKey: notaryKey)
        let notaryKeys = FederationFoundation(
            own: own, transport: network.transport(of: notary), notaries: [], database: database, environment: clock.environment(seed: 4)
        ).keys
        publish()
        let (clock, peer) = (self.clock, self.peer)
        network.serve(notary) { request, _ throws(TransportError) in
            if request.target == "/_matrix/key/v2/server" { return InboundAnswer(status: 200, body: own.document(now: clock.now).bytes()) }
            let documents = await notaryKeys.notarized(peer, minimumValidUntil: nil).map { [$0] } ?? []
            return InboundAnswer(status: 200, body: NotaryResponse(documents: documents).payload.encoded().bytes)
        }
        #expect(await notaryKeys.notarized(peer, minimumValidUntil: nil) != nil)
        network.setDown(peer, true)
        let ring = await (try await keys(notaries: [notary])).ring(for: [need(at: clock.now)])
        #expect(ring.key(of: peer, "ed25519:p", validAt: clock.now)?.publicKey == peerKey.publicKey)
    }

    @Test func `the published document is accepted by its own check`() throws {
        let own = OwnKeys(serverName: peer, signingKey: peerKey)
        let document = try KeyDocument(JSON(own.document(now: clock.now)), of: peer, now: clock.now, limits: FederationLimits())
        #expect(document.keys["ed25519:p"]?.key.publicKey == peerKey.publicKey)
    }
}

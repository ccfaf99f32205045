import MatrixModel
import RoomGraph
import Testing

@Suite struct EventSignaturesTests {
    @Test func `the specification's events are signed to the letter`() throws {
        let signing = try #require(try TestData.json("matrix-events/spec-appendices/vectors.json")["signing"])
        let key = try JSONSigningTests.specificationKey()
        let verifier = try #require(VerifyKey(publicKey: key.publicKey))
        let vectors = Array(try #require(signing["event_signing"]).elements)
        try #require(vectors.count == 2)
        for vector in vectors {
            let signed = try #require(vector["signed"])
            #expect(ContentHash.matches(signed))
            var input = try #require(vector["input"]).value
            input["hashes"] = ["sha256": .string(Base64.encode(ContentHash.compute(JSON(input))))]
            let redacted = Redaction.redact(JSON(input), rules: .v1)
            let signatures = JSONSigning.sign(redacted.value, as: "domain", with: key)["signatures"]
            input["signatures"] = signatures
            #expect(JSON(input) == signed)
            #expect(JSONSigning.verify(Redaction.redact(signed, rules: .v1), signer: "domain", keyID: "ed25519:1", key: verifier))
        }
    }

    @Test func `the literals of gomatrixserverlib verify or not as they should`() throws {
        let key = try JSONSigningTests.specificationKey()
        let verifier = try #require(VerifyKey(publicKey: key.publicKey))
        for literal in try Literals.all(file: "eventcrypto_test.go", function: "TestVerifyEventSignatureTestVectors") {
            let redacted = Redaction.redact(try JSON.parse(literal.text), rules: .v1)
            let holds = JSONSigning.verify(redacted, signer: "domain", keyID: "ed25519:1", key: verifier)
            #expect(holds == literal.context.contains("testVerifyOK"), "\(literal.context)")
        }
    }

    private func names(_ event: Event) -> [String] { EventSignatures.required(for: event).map(\.description) }

    @Test func `the sender's server must sign, in versions 1 and 2 also that of the identifier`() {
        #expect(names(Fixture.event("$e:x.test", "m.room.message", sender: Fixture.bob, version: .v1)) == ["b.test", "x.test"])
        #expect(names(Fixture.event("$e:x.test", "m.room.message", sender: Fixture.bob, version: .v2)) == ["b.test", "x.test"])
        #expect(names(Fixture.event("$e:b.test", "m.room.message", sender: Fixture.bob, version: .v1)) == ["b.test"])
        #expect(names(Fixture.event("$e", "m.room.message", sender: Fixture.bob, version: .v3)) == ["b.test"])
    }

    @Test func `a restricted join must be signed by the server that authorised it`() {
        let content: [String: JSONValue] = ["join_authorised_via_users_server": "@alice:a.test"]
        #expect(names(Fixture.member(Fixture.bob, "join", content: content, version: .v8)) == ["a.test", "b.test"])
        #expect(names(Fixture.member(Fixture.bob, "join", content: content, version: .v7)) == ["b.test"])
    }

    @Test func `a third-party invite need not be signed by its sender's server`() {
        let content: [String: JSONValue] = ["third_party_invite": ["signed": [:]]]
        #expect(names(Fixture.member(Fixture.bob, "invite", by: Fixture.alice, content: content, version: .v11)) == [])
        #expect(names(Fixture.member(Fixture.bob, "join", content: content, version: .v11)) == ["b.test"])
    }

    @Test func `a further signature joins the first, and the identifier stays`() throws {
        let first = SigningKey(seed: Array(repeating: 1, count: 32), id: "ed25519:1")
        let second = SigningKey(seed: Array(repeating: 2, count: 32), id: "ed25519:2")
        let a = ServerName("a.test")!
        let b = ServerName("b.test")!
        let draft = EventDraft(
            roomID: RoomID("!r:a.test"), type: "m.room.member", stateKey: Fixture.bob, sender: UserID(Fixture.alice)!,
            content: ["membership": "invite"], originServerTS: 1, depth: 1, prevEvents: [], authEvents: [], unsigned: ["age": 1])
        let event = try draft.signed(by: a, with: first, rules: .v11)
        let both = EventSignatures.add(to: event, by: b, with: second)
        #expect(EventSignatures.verify(event: both, server: a, keyID: "ed25519:1", key: try #require(VerifyKey(publicKey: first.publicKey))))
        #expect(EventSignatures.verify(event: both, server: b, keyID: "ed25519:2", key: try #require(VerifyKey(publicKey: second.publicKey))))
        #expect(!EventSignatures.verify(event: both, server: b, keyID: "ed25519:2", key: try #require(VerifyKey(publicKey: first.publicKey))))
        #expect(!EventSignatures.verify(event: event, server: b, keyID: "ed25519:2", key: try #require(VerifyKey(publicKey: second.publicKey))))
        #expect(try PDU.parse(both.json, rules: .v11).id == event.id)
        #expect(both.json.rawBytes.elementsEqual(try both.json.canonicalBytes()))
        #expect(EventSignatures.keyIDs(in: both, of: b) == ["ed25519:2"])
    }
}

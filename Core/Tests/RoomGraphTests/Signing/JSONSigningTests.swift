import MatrixModel
import RoomGraph
import Testing

/// The specification's vectors (appendices, "Cryptographic Test Vectors") and those of gomatrixserverlib.
@Suite struct JSONSigningTests {
    static func specificationKey() throws -> SigningKey {
        let signing = try #require(try TestData.json("matrix-events/spec-appendices/vectors.json")["signing"])
        let seed = try #require(signing["signing_key_seed"]?.string.flatMap { Base64.decode($0) })
        return SigningKey(seed: seed, id: try #require(signing["key_id"]?.string))
    }

    @Test func `the specification's objects are signed to the letter`() throws {
        let signing = try #require(try TestData.json("matrix-events/spec-appendices/vectors.json")["signing"])
        let key = try Self.specificationKey()
        let verifier = try #require(VerifyKey(publicKey: key.publicKey))
        let cases = Array(try #require(signing["json_signing"]).elements)
        try #require(!cases.isEmpty)
        for vector in cases {
            let input = try #require(vector["input"])
            let signed = try #require(vector["signed"])
            #expect(JSONSigning.sign(input.value, as: "domain", with: key) == signed.value)
            #expect(JSONSigning.verify(signed, signer: "domain", keyID: "ed25519:1", key: verifier))
        }
    }

    @Test func `the literals of gomatrixserverlib verify or not as they should`() throws {
        let key = try Self.specificationKey()
        let verifier = try #require(VerifyKey(publicKey: key.publicKey))
        var counts = (good: 0, bad: 0)
        for literal in try Literals.all(file: "signing_test.go", function: "TestVerifyJSON") {
            let json = try JSON.parse(literal.text)
            let holds = JSONSigning.verify(json, signer: "domain", keyID: "ed25519:1", key: verifier)
            // That library refuses padding; "implementations SHOULD accept input with or without padding".
            let isGood = literal.context.contains("testVerifyOK") || literal.context.contains("base64 padding")
            #expect(holds == isGood, "\(literal.context)")
            if isGood { counts.good += 1 } else { counts.bad += 1 }
        }
        #expect(counts.good == 2)
        #expect(counts.bad == 7)
    }

    @Test func `unsigned data and other signatures are kept and not covered`() throws {
        let key = SigningKey(seed: Array(repeating: 9, count: 32), id: "ed25519:x")
        let verifier = try #require(VerifyKey(publicKey: key.publicKey))
        let value: JSONValue = ["a": 1, "unsigned": ["age": 5], "signatures": ["other": ["ed25519:y": "sig"]]]
        var signed = JSONSigning.sign(value, as: "me.test", with: key)
        #expect(signed["signatures"]?["other"]?["ed25519:y"] == "sig")
        #expect(signed["unsigned"]?["age"] == 5)
        signed["unsigned"] = nil
        #expect(JSONSigning.verify(JSON(signed), signer: "me.test", keyID: "ed25519:x", key: verifier))
        #expect(!JSONSigning.verify(JSON(signed), signer: "other", keyID: "ed25519:x", key: verifier))
        signed["a"] = 2
        #expect(!JSONSigning.verify(JSON(signed), signer: "me.test", keyID: "ed25519:x", key: verifier))
    }

    @Test func `signatures of other algorithms are not looked at`() throws {
        let key = SigningKey(seed: Array(repeating: 9, count: 32), id: "rsa:x")
        let verifier = try #require(VerifyKey(publicKey: key.publicKey))
        let signed = JSONSigning.sign([:], as: "me.test", with: key)
        #expect(!JSONSigning.verify(JSON(signed), signer: "me.test", keyID: "rsa:x", key: verifier))
    }
}

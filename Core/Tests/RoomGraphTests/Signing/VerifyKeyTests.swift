import CSodium
import Crypto
import MatrixModel
import RoomGraph
import Testing

/// Project Wycheproof's vectors for Ed25519.
@Suite struct VerifyKeyTests {
    @Test func `both libraries judge every vector as it should be judged`() throws {
        let vectors = try TestData.json("crypto/wycheproof_ed25519.json")
        var count = 0
        for group in try #require(vectors["testGroups"]).elements {
            let bytes = try hex(group["publicKey"]?["pk"])
            for vector in try #require(group["tests"]).elements {
                let message = try hex(vector["msg"])
                let signature = try hex(vector["sig"])
                let isValid = vector["result"]?.equals("valid") == true
                let key = try #require(VerifyKey(publicKey: bytes))
                let number = vector["tcId"]?.integer ?? -1
                #expect(key.verify(signature: signature, of: message) == isValid, "libsodium, vector \(number)")
                let other = try Curve25519.Signing.PublicKey(rawRepresentation: bytes)
                #expect(other.isValidSignature(signature, for: message) == isValid, "swift-crypto, vector \(number)")
                count += 1
            }
        }
        #expect(count == 151)
    }

    @Test func `a key of small order verifies nothing`() throws {
        // The neutral element: with it, a zero signature would hold for every message.
        let key = try #require(VerifyKey(publicKey: [1] + Array(repeating: 0, count: 31)))
        let signature: [UInt8] = [1] + Array(repeating: 0, count: 63)
        #expect(!key.verify(signature: signature, of: Array("anything".utf8)))
    }

    @Test func `keys and signatures of other lengths are refused`() throws {
        #expect(VerifyKey(publicKey: []) == nil)
        #expect(VerifyKey(publicKey: Array(repeating: 7, count: 33)) == nil)
        #expect(VerifyKey(base64: "not base64!") == nil)
        let key = SigningKey(seed: Array(repeating: 7, count: 32), id: "ed25519:a")
        let verifier = try #require(VerifyKey(base64: key.publicKeyBase64))
        let signature = key.sign([1, 2, 3])
        #expect(verifier.verify(signature: signature, of: [1, 2, 3]))
        #expect(!verifier.verify(signature: Array(signature.dropLast()), of: [1, 2, 3]))
        #expect(!verifier.verify(signature: signature + [0], of: [1, 2, 3]))
        #expect(!verifier.verify(signature: signature, of: [1, 2]))
    }

    @Test func `a signing key tells nothing of its secret`() {
        let key = SigningKey(seed: Array(repeating: 7, count: 32), id: "ed25519:a")
        #expect("\(key)" == "SigningKey(ed25519:a)")
    }

    private func hex(_ json: JSON?) throws -> [UInt8] {
        let digits = Array(try #require(json?.string).utf8)
        return try stride(from: 0, to: digits.count, by: 2).map { place in
            try #require(UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16))
        }
    }
}

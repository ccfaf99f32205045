import MatrixAPI
import MatrixModel
import Testing

struct KeyUploadTests {
    @Test func `keys of a device are counted and shown`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        #expect(try await alice.uploadDeviceKeys()["one_time_key_counts"]?.count == 0)
        #expect(try await alice.upload(oneTimeKeys: ["A", "B"])["one_time_key_counts"]?["signed_curve25519"]?.integer == 2)
        #expect(try await alice.post("/keys/upload")["one_time_key_counts"]?["signed_curve25519"]?.integer == 2)
        let shown = try await bob.query(alice.user, bob.user)["device_keys"]
        #expect(shown?[alice.name]?["PHONE"]?["keys"]?["curve25519:PHONE"]?.string == "curve")
        #expect(shown?[alice.name]?["PHONE"]?["unsigned"]?["device_display_name"]?.string == "PHONE of alice")
        #expect(shown?[alice.name]?["PHONE"]?["signatures"] == JSON(alice.deviceKeys())["signatures"])
        #expect(shown?[bob.name]?.count == 0)
    }

    @Test func `keys of another user or device are refused`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let tablet = try await world.client(alice.user, "TABLET")
        for keys in [bob.deviceKeys(), tablet.deviceKeys(), ["user_id": .string(alice.name)], "text", ["algorithms": []]] {
            let error = await failure { try await alice.post("/keys/upload", ["device_keys": keys]) }
            #expect(error?.status == 400)
        }
    }

    @Test(
        arguments: [
            ["one_time_keys": ["no-colon": ["key": "x"]]], ["one_time_keys": ["signed_curve25519:A": 5]], ["one_time_keys": []],
            ["one_time_keys": ["signed_curve25519:A": ["signatures": [:]]]], ["fallback_keys": [":A": ["key": "x"]]], ["device_keys": 3],
            ["fallback_keys": ["signed_curve25519:A": ["key": "x"], "signed_curve25519:B": ["key": "y"]]],
        ] as [JSONValue])
    func `a malformed upload is refused`(_ body: JSONValue) async throws {
        let alice = try await KeyWorld().person("alice")
        #expect(await failure { try await alice.post("/keys/upload", body) }?.status == 400)
    }

    @Test func `the same one-time key again changes nothing, another of its name is refused`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        try await alice.upload(oneTimeKeys: ["A"])
        #expect(try await alice.upload(oneTimeKeys: ["A"])["one_time_key_counts"]?["signed_curve25519"]?.integer == 1)
        let error = await failure {
            try await alice.post("/keys/upload", ["one_time_keys": ["signed_curve25519:A": ["key": "other", "signatures": [:]]]])
        }
        #expect(error?.status == 400)
        #expect(error?.code == .invalidParam)
    }

    @Test func `a device with a new identity loses its one-time keys`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        try await alice.uploadDeviceKeys()
        try await alice.upload(oneTimeKeys: ["A"])
        try await alice.upload(fallback: "F")
        try await alice.uploadDeviceKeys()
        #expect(try await alice.post("/keys/upload")["one_time_key_counts"]?["signed_curve25519"]?.integer == 1)
        try await alice.uploadDeviceKeys(curve: "new")
        #expect(try await alice.post("/keys/upload")["one_time_key_counts"]?.count == 0)
        #expect(try await alice.claim(from: alice) == nil)
    }

    @Test func `a token without a device has no keys`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let error = await failure {
            for entry in world.routes.entries where entry.name == "UploadKeys" {
                _ = try await entry.respond(
                    .init(method: .post, uri: "", pathParameters: [:], queryItems: [], bodyBytes: [], contentType: nil),
                    .user(.init(user: alice.user, device: nil, tokenID: 1, address: "")))
            }
        }
        #expect(error?.status == 400)
    }
}

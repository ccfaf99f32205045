import MatrixModel
import Testing

struct DehydratedDeviceTests {
    private static let path = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device"

    private func body(_ client: KeyClient) -> JSONValue {
        [
            "device_id": .string(client.device), "device_data": ["algorithm": "x", "blob": "secret"], "device_keys": client.deviceKeys(),
            "initial_device_display_name": "Dehydrated", "fallback_keys": ["signed_curve25519:F": ["key": "f", "signatures": [:]]],
        ]
    }

    @Test func `a dehydrated device takes messages until it is replaced or deleted`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        #expect(await failure { try await alice.get(Self.path) }?.code == .notFound)
        let dry = KeyClient(world: world, user: alice.user, device: "DRY")
        #expect(try await alice.put(Self.path, body(dry))["device_id"]?.string == "DRY")
        #expect(try await alice.get(Self.path) == JSON(["device_id": "DRY", "device_data": ["algorithm": "x", "blob": "secret"]]))
        #expect(try await bob.query(alice.user)["device_keys"]?[alice.name]?["DRY"] != nil)
        #expect(try await bob.claim(from: dry) == "signed_curve25519:F")
        for number in 1...150 { try await bob.send("\(number)", to: alice.user, "DRY", transaction: "\(number)") }
        let first = try await alice.post(Self.path + "/DRY/events")
        #expect(first["events"]?.count == 100)
        let second = try await alice.post(Self.path + "/DRY/events", ["next_batch": .string(first.nextBatch)])
        #expect(second["events"]?.elements.compactMap { $0["content"]?["text"]?.string } == (101...150).map(String.init))
        #expect(try await alice.post(Self.path + "/DRY/events", ["next_batch": .string(second.nextBatch)])["events"]?.count == 0)
        #expect(await failure { try await bob.post(Self.path + "/DRY/events") }?.code == .forbidden)

        try await alice.put(Self.path, body(KeyClient(world: world, user: alice.user, device: "DRY2")))
        #expect(try await bob.query(alice.user)["device_keys"]?[alice.name]?.members.map(\.key) == ["DRY2"])
        #expect(try await alice.delete(Self.path)["device_id"]?.string == "DRY2")
        #expect(await failure { try await alice.delete(Self.path) }?.code == .notFound)
        #expect(try await bob.query(alice.user)["device_keys"]?[alice.name]?.count == 0)
    }

    @Test func `a device in use does not become a dehydrated one`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        #expect(await failure { try await alice.put(Self.path, body(alice)) }?.code == .invalidParam)
        var lacking = body(KeyClient(world: world, user: alice.user, device: "DRY"))
        lacking["device_keys"] = nil
        #expect(await failure { try await alice.put(Self.path, lacking) }?.code == .missingParam)
    }
}

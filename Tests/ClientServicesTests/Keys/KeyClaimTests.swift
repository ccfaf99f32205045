import MatrixModel
import RoomServer
import Testing

@testable import ClientServices

struct KeyClaimTests {
    @Test func `one-time keys are given in the order of their upload, each once`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        try await alice.upload(oneTimeKeys: ["Z"])
        try await alice.upload(oneTimeKeys: ["M"])
        try await alice.upload(oneTimeKeys: ["A"])
        var claimed: [String?] = []
        for _ in 1...4 { claimed.append(try await bob.claim(from: alice)) }
        #expect(claimed == ["signed_curve25519:Z", "signed_curve25519:M", "signed_curve25519:A", nil])
    }

    @Test func `two hundred claims at once get two hundred keys`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        try await alice.upload(oneTimeKeys: (0..<200).map { "K\($0)" })
        let claimed = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<210 { group.addTask { try await bob.claim(from: alice) } }
            return try await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(claimed.count == 210)
        #expect(claimed.count { $0 == nil } == 10)
        #expect(Set(claimed.compactMap { $0 }).count == 200)
    }

    @Test func `a claimed key that is uploaded again is not given again, over a restart too`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        try await alice.upload(oneTimeKeys: ["A", "B"])
        let first = try await bob.claim(from: alice)
        let restarted = try await world.restarted()
        let again = KeyClient(world: restarted, user: alice.user, device: alice.device)
        // The answer to the upload was lost, and the client repeats it.
        #expect(try await again.upload(oneTimeKeys: ["A", "B"])["one_time_key_counts"]?["signed_curve25519"]?.integer == 1)
        let second = try await again.claim(from: again)
        #expect(Set([first, second]) == ["signed_curve25519:A", "signed_curve25519:B"])
        #expect(try await again.claim(from: again) == nil)
    }

    @Test func `a fallback key is given when no other is left, and shown as used until it is replaced`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        try await alice.upload(oneTimeKeys: ["A"])
        try await alice.upload(fallback: "F")
        func unused() async throws -> [JSON?] {
            let sync = try await alice.sync()
            return [sync["device_unused_fallback_key_types"], sync["org.matrix.msc2732.device_unused_fallback_key_types"]]
        }
        #expect(try await bob.claim(from: alice) == "signed_curve25519:A")
        #expect(try await unused() == [JSON(["signed_curve25519"]), JSON(["signed_curve25519"])])
        #expect(try await bob.claim(from: alice) == "signed_curve25519:F")
        #expect(try await bob.claim(from: alice) == "signed_curve25519:F")
        #expect(try await unused() == [JSON([]), JSON([])])
        try await alice.upload(fallback: "F")
        #expect(try await unused() == [JSON([]), JSON([])])
        try await alice.upload(fallback: "G")
        #expect(try await unused() == [JSON(["signed_curve25519"]), JSON(["signed_curve25519"])])
        #expect(try await bob.claim(from: alice) == "signed_curve25519:G")
    }

    @Test func `unknown users, devices and algorithms are left out`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        try await alice.upload(oneTimeKeys: ["A"])
        let wanted: JSONValue = .object([
            alice.name: ["PHONE": "unknown", "NONE": "signed_curve25519"], "@nobody:here.example": ["X": "signed_curve25519"],
            "not a user": ["X": "signed_curve25519"],
        ])
        let answer = try await alice.post("/keys/claim", ["one_time_keys": wanted])
        #expect(answer["one_time_keys"]?.count == 0)
        #expect(answer["failures"]?.count == 0)
        #expect(await failure { try await alice.post("/keys/claim", [:]) }?.code == .missingParam)
        #expect(await failure { try await alice.post("/keys/claim", ["one_time_keys": .object([alice.name: ["PHONE": 3]])]) }?.code == .badJSON)
    }

    @Test func `keys of other servers come from there, and a server that is down is named`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let far = RoomWorld.user("far", at: "far.example")
        let given: JSONValue = ["signed_curve25519:X": ["key": "x"]]
        world.neighbours.set(
            answer: ["one_time_keys": .object([far.description: ["D": given, "UNASKED": given], "@other:far.example": ["D": given]])], to: "claim")
        let wanted: JSONValue = ["one_time_keys": .object([far.description: ["D": "signed_curve25519"]])]
        let answer = try await alice.post("/keys/claim", wanted)
        #expect(answer["one_time_keys"] == JSON(.object([far.description: ["D": given]])))
        world.neighbours.setDown(true)
        let failed = try await alice.post("/keys/claim", wanted)
        #expect(failed["failures"]?["far.example"]?["status"]?.integer == 503)
        #expect(failed["one_time_keys"]?.count == 0)
        let restarted = try await world.restarted()
        // Another server claims keys of this server's users alone.
        try await KeyClient(world: restarted, user: alice.user, device: "PHONE").upload(oneTimeKeys: ["A"])
        let asked = JSON(["one_time_keys": .object([alice.name: ["PHONE": "signed_curve25519"], far.description: ["D": "signed_curve25519"]])])
        let first = try await restarted.keys.peers.claim(asked)
        #expect(first["one_time_keys"]?[alice.name]?["PHONE"]?["signed_curve25519:A"] != nil)
        #expect(first["one_time_keys"]?.object?.count == 1)
        #expect(try await restarted.keys.peers.claim(asked) == ["one_time_keys": [:]])
    }
}

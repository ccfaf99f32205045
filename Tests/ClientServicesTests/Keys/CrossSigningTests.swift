import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

@testable import ClientServices

/// The cross-signing keys of a person in a test.
struct CrossSigner {
    let user: UserID
    let master: SigningKey
    let selfSigning: SigningKey
    let userSigning: SigningKey

    init(_ user: UserID, seed: UInt8) {
        func key(_ number: UInt8) -> SigningKey {
            let key = SigningKey(seed: [UInt8](repeating: number, count: 32), id: "")
            return SigningKey(seed: [UInt8](repeating: number, count: 32), id: "ed25519:\(key.publicKeyBase64)")
        }
        self.user = user
        master = key(seed)
        selfSigning = key(seed + 1)
        userSigning = key(seed + 2)
    }

    func object(_ key: SigningKey, _ usage: String) -> JSONValue {
        ["user_id": .string(user.description), "usage": [.string(usage)], "keys": .object([key.keyID: .string(key.publicKeyBase64)])]
    }

    /// The body that publishes all keys.
    var body: JSONValue {
        [
            "master_key": object(master, "master"), "self_signing_key": signedByMaster(selfSigning, "self_signing"),
            "user_signing_key": signedByMaster(userSigning, "user_signing"),
        ]
    }

    func signedByMaster(_ key: SigningKey, _ usage: String) -> JSONValue {
        JSONSigning.sign(object(key, usage), as: user.description, with: master)
    }
}

struct CrossSigningTests {
    private static let path = "/keys/device_signing/upload"

    @Test func `the first keys need no password, the same again neither, others do`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice", password: "correct horse")
        let signer = CrossSigner(alice.user, seed: 10)
        try await alice.post(Self.path, signer.body)
        try await alice.post(Self.path, signer.body)
        let replaced = CrossSigner(alice.user, seed: 20).body
        let challenge = await failure { try await alice.post(Self.path, replaced) }
        #expect(challenge?.status == 401)
        #expect(challenge?.body["flows"] == [["stages": ["m.login.password"]]])
        var body = replaced
        body["auth"] = [
            "type": "m.login.password", "identifier": ["type": "m.id.user", "user": "alice"], "password": "correct horse",
            "session": challenge?.body["session"] ?? .null,
        ]
        try await alice.post(Self.path, body)
        let shown = try await alice.query(alice.user)
        #expect(shown["master_keys"]?[alice.name] == replaced["master_key"].map { JSON($0) })
        #expect(shown["user_signing_keys"]?[alice.name] == replaced["user_signing_key"].map { JSON($0) })
    }

    @Test func `others see the keys but the user-signing one, and are told of the change`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        try await bob.join(try await alice.createRoom())
        let token = try await bob.token()
        let signer = CrossSigner(alice.user, seed: 10)
        try await alice.post(Self.path, signer.body)
        #expect(try await bob.sync(since: token).changedDevices == [alice.name])
        let shown = try await bob.query(alice.user)
        #expect(shown["master_keys"]?[alice.name] != nil)
        #expect(shown["self_signing_keys"]?[alice.name] != nil)
        #expect(shown["user_signing_keys"]?.count == 0)
        let peer = try await world.keys.peers.query(JSON(["device_keys": .object([alice.name: []])]))
        #expect(peer["master_keys"]?[alice.name] != nil && peer["user_signing_keys"] == nil)
        #expect(try await world.keys.peers.devices(of: alice.user)["self_signing_key"] == shown["self_signing_keys"]?[alice.name]?.value)
    }

    @Test func `keys of the wrong form or with wrong signatures are refused`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let signer = CrossSigner(alice.user, seed: 10)
        let other = CrossSigner(alice.user, seed: 40)
        var body = signer.body
        body["self_signing_key"] = other.signedByMaster(signer.selfSigning, "self_signing")
        #expect(await failure { try await alice.post(Self.path, body) }?.code.rawValue == "M_INVALID_SIGNATURE")
        body["self_signing_key"] = signer.object(signer.selfSigning, "self_signing")
        #expect(await failure { try await alice.post(Self.path, body) }?.code.rawValue == "M_INVALID_SIGNATURE")
        let alone: JSONValue = ["self_signing_key": signer.signedByMaster(signer.selfSigning, "self_signing")]
        #expect(await failure { try await alice.post(Self.path, alone) }?.code == .missingParam)
        for master in [
            signer.object(signer.master, "self_signing"), CrossSigner(RoomWorld.user("bob"), seed: 10).object(signer.master, "master"),
            ["user_id": .string(alice.name), "usage": ["master"], "keys": ["ed25519:a": "b"]], "text",
        ] {
            #expect(await failure { try await alice.post(Self.path, ["master_key": master]) }?.status == 400)
        }
        #expect(try await alice.query(alice.user)["master_keys"]?.count == 0)
    }

    @Test func `devices and keys do not share names`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let signer = CrossSigner(alice.user, seed: 10)
        let device = try await world.client(alice.user, signer.selfSigning.publicKeyBase64)
        #expect(await failure { try await alice.post(Self.path, signer.body) }?.code == .forbidden)
        _ = try await world.database.write { try DeviceStore($0).delete(device.device, of: alice.user) }
        try await alice.post(Self.path, signer.body)
        let again = try await world.client(alice.user, signer.master.publicKeyBase64)
        #expect(await failure { try await again.uploadDeviceKeys() }?.code == .forbidden)
    }

    // MARK: Signatures

    private func upload(_ client: KeyClient, _ user: UserID, _ key: String, _ object: JSONValue) async throws -> JSON? {
        let answer = try await client.post("/keys/signatures/upload", .object([user.description: .object([key: object])]))
        return answer["failures"]?[user.description]?[key]
    }

    @Test func `a device signed by the self-signing key shows the signature to all`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        try await bob.join(try await alice.createRoom())
        let signer = CrossSigner(alice.user, seed: 10)
        try await alice.uploadDeviceKeys()
        try await alice.post(Self.path, signer.body)
        let token = try await bob.token()
        let signed = JSONSigning.sign(alice.deviceKeys(), as: alice.name, with: signer.selfSigning)
        #expect(try await upload(alice, alice.user, "PHONE", signed) == nil)
        let shown = try await bob.query(alice.user)["device_keys"]?[alice.name]?["PHONE"]?["signatures"]?[alice.name]
        #expect(shown?[signer.selfSigning.keyID] != nil && shown?["ed25519:PHONE"] != nil)
        #expect(try await bob.sync(since: token).changedDevices == [alice.name])
        // The client uploads its keys again without the signature, which stays.
        try await alice.uploadDeviceKeys()
        #expect(try await bob.query(alice.user)["device_keys"]?[alice.name]?["PHONE"]?["signatures"]?[alice.name]?.count == 2)
    }

    @Test func `a device signs the master key`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let signer = CrossSigner(alice.user, seed: 10)
        try await alice.uploadDeviceKeys()
        try await alice.post(Self.path, signer.body)
        let signed = JSONSigning.sign(signer.object(signer.master, "master"), as: alice.name, with: alice.identity)
        #expect(try await upload(alice, alice.user, signer.master.publicKeyBase64, signed) == nil)
        #expect(try await bob.query(alice.user)["master_keys"]?[alice.name]?["signatures"]?[alice.name]?["ed25519:PHONE"] != nil)
    }

    @Test func `a signature of another's master key is seen by its signer alone`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let (first, second) = (CrossSigner(alice.user, seed: 10), CrossSigner(bob.user, seed: 40))
        try await alice.post(Self.path, first.body)
        try await bob.post(Self.path, second.body)
        let token = try await alice.token()
        let signed = JSONSigning.sign(second.object(second.master, "master"), as: alice.name, with: first.userSigning)
        #expect(try await upload(alice, bob.user, second.master.publicKeyBase64, signed) == nil)
        #expect(try await alice.query(bob.user)["master_keys"]?[bob.name]?["signatures"]?[alice.name]?[first.userSigning.keyID] != nil)
        #expect(try await bob.query(bob.user)["master_keys"]?[bob.name]?["signatures"] == nil)
        #expect(try await world.keys.peers.query(JSON(["device_keys": .object([bob.name: []])]))["master_keys"]?[bob.name]?["signatures"] == nil)
        #expect(try await alice.sync(since: token).changedDevices == [bob.name])
    }

    @Test func `each wrong signature fails by itself`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let tablet = try await world.client(alice.user, "TABLET")
        let signer = CrossSigner(alice.user, seed: 10)
        let other = CrossSigner(alice.user, seed: 40)
        try await alice.uploadDeviceKeys()
        try await tablet.uploadDeviceKeys()
        try await alice.post(Self.path, signer.body)
        let good = JSONSigning.sign(tablet.deviceKeys(), as: alice.name, with: signer.selfSigning)
        let answer = try await alice.post(
            "/keys/signatures/upload",
            .object([
                alice.name: .object([
                    "PHONE": JSONSigning.sign(alice.deviceKeys(), as: alice.name, with: other.selfSigning), "TABLET": good,
                    "NONE": good,
                    signer.master.publicKeyBase64: JSONSigning.sign(signer.object(signer.master, "self"), as: alice.name, with: alice.identity),
                ]),
                "@nobody:here.example": .object(["X": ["user_id": "@nobody:here.example"]]),
            ]))
        let failures = answer["failures"]
        #expect(failures?[alice.name]?["PHONE"]?["errcode"]?.string == "M_INVALID_SIGNATURE")
        #expect(failures?[alice.name]?["TABLET"] == nil)
        #expect(failures?[alice.name]?["NONE"]?["errcode"]?.string == "M_NOT_FOUND")
        #expect(failures?[alice.name]?[signer.master.publicKeyBase64]?["errcode"]?.string == "M_INVALID_PARAM")
        #expect(failures?["@nobody:here.example"]?["X"]?["errcode"]?.string == "M_NOT_FOUND")
        let altered = JSONSigning.sign(alice.deviceKeys(curve: "forged"), as: alice.name, with: signer.selfSigning)
        #expect(try await upload(alice, alice.user, "PHONE", altered)?["errcode"]?.string == "M_INVALID_PARAM")
        #expect(try await alice.query(alice.user)["device_keys"]?[alice.name]?["TABLET"]?["signatures"]?[alice.name]?.count == 2)
        #expect(try await alice.query(alice.user)["device_keys"]?[alice.name]?["PHONE"]?["signatures"]?[alice.name]?.count == 1)
    }
}

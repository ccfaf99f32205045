import MatrixModel
import Testing

struct KeyBackupTests {
    private func backup(_ client: KeyClient) async throws -> String {
        try await client.post("/room_keys/version", ["algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "auth_data": ["public_key": "p"]])[
            "version"]?.string ?? ""
    }

    private func key(_ text: String, index: Int = 5, forwarded: Int = 2, isVerified: Bool = false) -> JSONValue {
        [
            "first_message_index": .integer(index), "forwarded_count": .integer(forwarded), "is_verified": .bool(isVerified),
            "session_data": ["ciphertext": .string(text)],
        ]
    }

    @Test func `a backup is made, described, changed and deleted`() async throws {
        let alice = try await KeyWorld().person("alice")
        #expect(await failure { try await alice.get("/room_keys/version") }?.code == .notFound)
        let first = try await backup(alice)
        let second = try await backup(alice)
        #expect(first != second)
        let newest = try await alice.get("/room_keys/version")
        #expect(newest["version"]?.string == second && newest["count"]?.integer == 0 && newest["auth_data"] == JSON(["public_key": "p"]))
        let algorithm = "m.megolm_backup.v1.curve25519-aes-sha2"
        try await alice.put(
            "/room_keys/version/\(first)", ["algorithm": .string(algorithm), "auth_data": ["public_key": "q"], "version": .string(first)])
        #expect(try await alice.get("/room_keys/version/\(first)")["auth_data"] == JSON(["public_key": "q"]))
        for body in [
            ["algorithm": "other", "auth_data": [:]], ["algorithm": .string(algorithm), "auth_data": [:], "version": .string(second)],
        ] as [JSONValue] {
            #expect(await failure { try await alice.put("/room_keys/version/\(first)", body) }?.code == .invalidParam)
        }
        try await alice.delete("/room_keys/version/\(second)")
        try await alice.delete("/room_keys/version/\(second)")
        #expect(try await alice.get("/room_keys/version")["version"]?.string == first)
        #expect(await failure { try await alice.get("/room_keys/version/\(second)") }?.status == 404)
        #expect(await failure { try await alice.delete("/room_keys/version/99") }?.status == 404)
        #expect(await failure { try await alice.put("/room_keys/version/x", ["algorithm": "a", "auth_data": [:]]) }?.status == 404)
        // A version is never used again.
        #expect(try await backup(alice) == "3")
    }

    @Test func `keys are stored, read and deleted by session, room and all`() async throws {
        let alice = try await KeyWorld().person("alice")
        let version = [("version", try await backup(alice))]
        let one = try await alice.put("/room_keys/keys/!a:x/s1", key("1"), version)
        #expect(one["count"]?.integer == 1)
        let two = try await alice.put("/room_keys/keys/!a:x", ["sessions": ["s2": key("2"), "s3": key("3")]], version)
        #expect(two["count"]?.integer == 3 && two["etag"] != one["etag"])
        try await alice.put("/room_keys/keys", ["rooms": ["!b:x": ["sessions": ["s1": key("4")]], "!a:x": ["sessions": [:]]]], version)
        #expect(try await alice.get("/room_keys/keys/!a:x/s2", version) == JSON(key("2")))
        #expect(try await alice.get("/room_keys/keys/!a:x", version)["sessions"]?.members.map(\.key).sorted() == ["s1", "s2", "s3"])
        let all = try await alice.get("/room_keys/keys", version)
        #expect(all["rooms"]?["!b:x"]?["sessions"]?["s1"] == JSON(key("4")))
        #expect(all["rooms"]?.count == 2)
        #expect(try await alice.get("/room_keys/keys/!none:x", version) == JSON(["sessions": [:]]))
        #expect(await failure { try await alice.get("/room_keys/keys/!a:x/none", version) }?.code == .notFound)
        #expect(try await alice.delete("/room_keys/keys/!a:x/s1", version)["count"]?.integer == 3)
        #expect(try await alice.delete("/room_keys/keys/!a:x", version)["count"]?.integer == 1)
        let last = try await alice.delete("/room_keys/keys", version)
        #expect(last["count"]?.integer == 0)
        #expect(try await alice.get("/room_keys/keys", version) == JSON(["rooms": [:]]))
        #expect(try await alice.get("/room_keys/version")["etag"] == last["etag"])
    }

    @Test(arguments: [
        // index, forwarded, verified; whether it replaces (5, 2, false).
        (4, 9, false, true), (5, 1, false, true), (5, 2, false, false), (5, 3, false, false), (6, 0, false, false), (9, 9, true, true),
    ])
    func `a better key replaces, a worse one does not`(_ index: Int, _ forwarded: Int, _ isVerified: Bool, _ replaces: Bool) async throws {
        let alice = try await KeyWorld().person("alice")
        let version = [("version", try await backup(alice))]
        let before = try await alice.put("/room_keys/keys/!a:x/s", key("old"), version)
        let after = try await alice.put(
            "/room_keys/keys/!a:x/s", key("new", index: index, forwarded: forwarded, isVerified: isVerified), version)
        #expect(try await alice.get("/room_keys/keys/!a:x/s", version)["session_data"]?["ciphertext"]?.string == (replaces ? "new" : "old"))
        #expect((before["etag"] != after["etag"]) == replaces)
        #expect(after["count"]?.integer == 1)
        // A verified key gives way to no unverified one.
        if isVerified {
            try await alice.put("/room_keys/keys/!a:x/s", key("unverified", index: 0, forwarded: 0), version)
            #expect(try await alice.get("/room_keys/keys/!a:x/s", version)["session_data"]?["ciphertext"]?.string == "new")
        }
    }

    @Test func `only the newest backup takes keys`() async throws {
        let alice = try await KeyWorld().person("alice")
        #expect(await failure { try await alice.put("/room_keys/keys/!a:x/s", key("1"), [("version", "1")]) }?.status == 404)
        let old = try await backup(alice)
        try await alice.put("/room_keys/keys/!a:x/s", key("1"), [("version", old)])
        let new = try await backup(alice)
        let error = await failure { try await alice.put("/room_keys/keys/!a:x/s", key("2"), [("version", old)]) }
        #expect(error?.status == 403)
        #expect(error?.code == .wrongRoomKeysVersion)
        #expect(error?.body["current_version"] == .string(new))
        #expect(try await alice.get("/room_keys/keys/!a:x/s", [("version", old)])["session_data"]?["ciphertext"]?.string == "1")
        #expect(await failure { try await alice.get("/room_keys/keys") }?.code == .missingParam)
        #expect(await failure { try await alice.get("/room_keys/keys", [("version", "77")]) }?.status == 404)
        #expect(await failure { try await alice.delete("/room_keys/keys", [("version", "77")]) }?.status == 404)
    }

    @Test func `people do not see each other's backups`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let version = [("version", try await backup(alice))]
        try await alice.put("/room_keys/keys/!a:x/s", key("1"), version)
        #expect(await failure { try await bob.get("/room_keys/keys", version) }?.status == 404)
    }

    @Test(
        arguments: [
            [:], ["first_message_index": 1, "forwarded_count": 0, "is_verified": true],
            ["first_message_index": "1", "forwarded_count": 0, "is_verified": true, "session_data": [:]],
            ["first_message_index": -1, "forwarded_count": 0, "is_verified": true, "session_data": [:]],
            ["first_message_index": 1, "forwarded_count": 0, "is_verified": true, "session_data": "x"],
        ] as [JSONValue])
    func `malformed keys are refused`(_ body: JSONValue) async throws {
        let alice = try await KeyWorld().person("alice")
        let version = [("version", try await backup(alice))]
        #expect(await failure { try await alice.put("/room_keys/keys/!a:x/s", body, version) }?.status == 400)
    }
}

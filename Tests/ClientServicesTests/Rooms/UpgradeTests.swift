import MatrixModel
import Testing

@Suite struct UpgradeTests {
    @Test(arguments: [(RoomVersion.v9, RoomVersion.v11), (.v10, .v12), (.v12, .v12)])
    func `an upgrade carries the room over and closes the old one`(old: RoomVersion, new: RoomVersion) async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let troll = try await world.person("troll")
        let room = try await alice.createRoom([
            "room_version": .string(old.rawValue), "preset": "public_chat", "name": "House", "room_alias_name": "house", "visibility": "public",
            "creation_content": ["type": "m.space"],
        ])
        try await bob.join(room)
        try await alice.post("/rooms/\(room)/ban", ["user_id": .string(troll.name)])
        #expect(await failure { try await bob.post("/rooms/\(room)/upgrade", ["new_version": .string(new.rawValue)]) }?.code == .forbidden)
        #expect(await failure { try await alice.post("/rooms/\(room)/upgrade", ["new_version": "none"]) }?.code == .unsupportedRoomVersion)
        let successor = try await alice.post("/rooms/\(room)/upgrade", ["new_version": .string(new.rawValue)])["replacement_room"]?.string ?? ""

        let create = try await alice.state("m.room.create", in: successor)
        #expect(create["predecessor"]?["room_id"]?.string == room)
        #expect(create["type"]?.string == "m.space")
        #expect(create["room_version"]?.string == new.rawValue)
        #expect(try await alice.state("m.room.name", in: successor)["name"]?.string == "House")
        #expect(try await alice.state("m.room.join_rules", in: successor)["join_rule"]?.string == "public")
        #expect(try await alice.state("m.room.tombstone", in: room)["replacement_room"]?.string == successor)
        #expect(try await bob.get("/directory/room/#house:here.example")["room_id"]?.string == successor)
        #expect(try await alice.state("m.room.canonical_alias", in: successor)["alias"]?.string == "#house:here.example")
        #expect(try await alice.get("/directory/list/room/\(successor)")["visibility"]?.string == "public")
        #expect(await failure { try await bob.say("still here?", in: room) }?.code == .forbidden)
        #expect(await failure { try await troll.join(successor) }?.code == .forbidden)
        try await bob.join(successor)
        try await bob.say("moved", in: successor)
    }
}

@Suite struct ImagePackTests {
    private let pack: JSONValue = ["images": ["cat": ["url": "mxc://here.example/cat"]], "pack": ["display_name": "Cats", "usage": ["sticker"]]]

    @Test func `an upgrade carries all image packs over, but those that were taken away`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom(["room_version": "11"])
        try await alice.setState("m.room.image_pack", pack, in: room)
        try await alice.setState("m.room.image_pack", pack, key: "dogs", in: room)
        try await alice.setState("m.room.image_pack", [:], key: "gone", in: room)
        try await alice.setState("im.ponies.room_emotes", ["images": ["old": ["url": "mxc://here.example/old"]]], key: "x", in: room)
        let successor = try await alice.post("/rooms/\(room)/upgrade", ["new_version": "12"])["replacement_room"]?.string ?? ""
        for key in ["", "dogs"] {
            let carried = try await alice.state("m.room.image_pack", key, in: successor)
            #expect(carried["images"]?["cat"]?["url"]?.string == "mxc://here.example/cat")
        }
        let legacy = try await alice.state("im.ponies.room_emotes", "x", in: successor)
        #expect(legacy["images"]?["old"] != nil)
        #expect(await failure { try await alice.state("m.room.image_pack", "gone", in: successor) }?.code == .notFound)
    }

    @Test(
        arguments: [
            ["pack": [:]], ["images": []], ["images": ["a b": ["url": "mxc://a/b"]]], ["images": ["": ["url": "mxc://a/b"]]],
            ["images": ["cat": [:]]],
            ["images": ["cat": ["url": "https://a/b"]]], ["images": ["cat": ["url": 1]]], ["images": ["cat": ["url": "mxc://a/b", "body": 1]]],
            ["images": ["cat": ["url": "mxc://a/b", "info": "x"]]], ["images": [:], "pack": []], ["images": [:], "pack": ["usage": "sticker"]],
            ["images": [:], "pack": ["avatar_url": "x"]], ["images": [:], "pack": ["display_name": 1]],
        ] as [JSONValue])
    func `a malformed pack is refused`(content: JSONValue) async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        #expect(await failure { try await alice.setState("m.room.image_pack", content, in: room) }?.code == .badJSON)
    }

    @Test func `a pack and its removal are accepted`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        try await alice.setState("m.room.image_pack", pack, in: room)
        try await alice.setState("m.room.image_pack", [:], in: room)
        let content = try await alice.state("m.room.image_pack", in: room)
        #expect(content.count == 0)
    }
}

import ClientServices
import MatrixModel
import Testing

@Suite struct CreationTests {
    @Test(arguments: RoomVersion.allCases)
    func `a room of every version is made with the creator in it`(version: RoomVersion) async throws {
        let alice = try await RoomWorld().person("alice")
        let room = try await alice.createRoom(["room_version": .string(version.rawValue), "name": "Attic"])
        let create = try await alice.state("m.room.create", in: room)
        #expect(create["room_version"]?.string == version.rawValue)
        #expect(create["creator"]?.string == (version.rules.implicitRoomCreator ? nil : alice.name))
        #expect(try await alice.state("m.room.member", alice.name, in: room)["membership"]?.string == "join")
        #expect(try await alice.state("m.room.name", in: room)["name"]?.string == "Attic")
        let levels = try await alice.state("m.room.power_levels", in: room)
        #expect(levels["users"]?[alice.name]?.integer == (version.rules.creatorsHaveInfinitePower ? nil : 100))
        #expect(levels["events"]?["m.room.tombstone"]?.integer == (version.rules.creatorsHaveInfinitePower ? 150 : 100))
        #expect(room.contains(":") != version.rules.roomIDIsCreateHash)
    }

    @Test func `the default version is that of the settings`() async throws {
        let alice = try await RoomWorld(settings: RoomSettings(defaultVersion: .v9)).person("alice")
        #expect(try await alice.state("m.room.create", in: alice.createRoom())["room_version"]?.string == "9")
    }

    @Test func `an unknown version is refused`() async throws {
        let alice = try await RoomWorld().person("alice")
        let error = await failure { try await alice.createRoom(["room_version": "org.example.99"]) }
        #expect(error?.status == 400)
        #expect(error?.code == .unsupportedRoomVersion)
    }

    @Test(arguments: [
        ("private_chat", "invite", "can_join"), ("trusted_private_chat", "invite", "can_join"), ("public_chat", "public", "forbidden"),
    ])
    func `presets set join rule and guest access`(preset: String, joinRule: String, guestAccess: String) async throws {
        let alice = try await RoomWorld().person("alice")
        let room = try await alice.createRoom(["preset": .string(preset)])
        #expect(try await alice.state("m.room.join_rules", in: room)["join_rule"]?.string == joinRule)
        #expect(try await alice.state("m.room.guest_access", in: room)["guest_access"]?.string == guestAccess)
        #expect(try await alice.state("m.room.history_visibility", in: room)["history_visibility"]?.string == "shared")
    }

    @Test func `visibility chooses the preset and publishes the room`() async throws {
        let alice = try await RoomWorld().person("alice")
        let room = try await alice.createRoom(["visibility": "public"])
        #expect(try await alice.state("m.room.join_rules", in: room)["join_rule"]?.string == "public")
        #expect(try await alice.get("/directory/list/room/\(room)")["visibility"]?.string == "public")
        let other = try await alice.createRoom()
        #expect(try await alice.get("/directory/list/room/\(other)")["visibility"]?.string == "private")
    }

    @Test func `initial state goes before the preset, name and topic before initial state`() async throws {
        let alice = try await RoomWorld().person("alice")
        let room = try await alice.createRoom([
            "preset": "private_chat", "name": "Given", "topic": "Told",
            "initial_state": [
                ["type": "m.room.join_rules", "state_key": "", "content": ["join_rule": "public"]],
                ["type": "m.room.name", "content": ["name": "Not this"]],
                ["type": "org.example.thing", "state_key": "key", "content": ["a": 1]],
            ],
        ])
        #expect(try await alice.state("m.room.join_rules", in: room)["join_rule"]?.string == "public")
        #expect(try await alice.state("m.room.name", in: room)["name"]?.string == "Given")
        let topic = try await alice.state("m.room.topic", in: room)
        #expect(topic["topic"]?.string == "Told")
        #expect(topic["m.topic"]?["m.text"]?[0]?["body"]?.string == "Told")
        #expect(try await alice.state("org.example.thing", "key", in: room)["a"]?.integer == 1)
    }

    @Test func `the power level override lies over the defaults`() async throws {
        let alice = try await RoomWorld().person("alice")
        let room = try await alice.createRoom(["power_level_content_override": ["events_default": 7, "invite": 3]])
        let levels = try await alice.state("m.room.power_levels", in: room)
        #expect(levels["events_default"]?.integer == 7)
        #expect(levels["invite"]?.integer == 3)
        #expect(levels["state_default"]?.integer == 50)
    }

    @Test func `state that contradicts itself is refused`() async throws {
        let alice = try await RoomWorld().person("alice")
        let error = await failure {
            try await alice.createRoom([
                "room_version": "10", "name": "Attic", "power_level_content_override": ["users": .object([alice.name: 0])],
            ])
        }
        #expect(error?.status == 400)
        #expect(error?.code == .invalidRoomState)
    }

    @Test func `the alias is made, is canonical, and can be taken once`() async throws {
        let alice = try await RoomWorld().person("alice")
        let room = try await alice.createRoom(["room_alias_name": "attic"])
        #expect(try await alice.get("/directory/room/#attic:here.example")["room_id"]?.string == room)
        #expect(try await alice.state("m.room.canonical_alias", in: room)["alias"]?.string == "#attic:here.example")
        let error = await failure { try await alice.createRoom(["room_alias_name": "attic"]) }
        #expect(error?.code == .roomInUse)
        #expect(await failure { try await alice.createRoom(["room_alias_name": "a:b"]) }?.code == .invalidParam)
    }

    @Test func `invited users are invited, directly where asked`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom([
            "invite": [.string(bob.name)], "is_direct": true, "preset": "trusted_private_chat", "room_version": "11",
        ])
        let member = try await alice.state("m.room.member", bob.name, in: room)
        #expect(member["membership"]?.string == "invite")
        #expect(member["is_direct"]?.bool == true)
        #expect(try await alice.state("m.room.power_levels", in: room)["users"]?[bob.name]?.integer == 100)
    }

    @Test func `from version 12 on trusted invitees are creators`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom([
            "invite": [.string(bob.name)], "preset": "trusted_private_chat", "room_version": "12",
            "creation_content": ["additional_creators": ["@carol:here.example", .string(bob.name)], "creator": "@mallory:here.example"],
        ])
        let create = try await alice.state("m.room.create", in: room)
        #expect(create["additional_creators"]?.value == ["@carol:here.example", .string(bob.name)])
        #expect(create["creator"] == nil)
    }

    @Test func `third-party invitations are refused before anything is made`() async throws {
        let alice = try await RoomWorld().person("alice")
        let error = await failure {
            try await alice.createRoom(["invite_3pid": [["medium": "email", "address": "a@b.c", "id_server": "x", "id_access_token": "y"]]])
        }
        #expect(error?.status == 403)
        #expect(try await alice.get("/joined_rooms")["joined_rooms"]?.count == 0)
    }

    @Test func `a malformed body is refused`() async throws {
        let alice = try await RoomWorld().person("alice")
        for body: JSONValue in [
            ["preset": "none"], ["visibility": 1], ["invite": ["bob"]], ["initial_state": [["type": "a"]]], ["creation_content": []],
        ] {
            #expect(await failure { try await alice.createRoom(body) }?.code == .badJSON)
        }
    }
}

import MatrixModel
import Testing

/// What a person keeps about a room when they go over to its successor.
@Suite struct MembershipSuccessionTests {
    @Test func `tags, direct chats and push rules go along to the room's successor`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat", "room_version": "11"])
        try await bob.join(room)
        try await world.setAccountData("m.tag", ["tags": ["m.favourite": ["order": 0]]], room: room, of: bob.user)
        try await world.setAccountData("m.direct", [alice.name: [.string(room)]], of: bob.user)
        try await world.setAccountData(
            "m.push_rules", ["global": ["room": [["rule_id": .string(room), "actions": [], "default": false, "enabled": true]]]], of: bob.user)
        let successor = try await alice.post("/rooms/\(room)/upgrade", ["new_version": "12"])["replacement_room"]?.string ?? ""
        let before = try await bob.sync()
        try await bob.join(successor)
        let sync = try await bob.sync(since: before["next_batch"]?.string)
        let tags = sync["rooms"]?["join"]?[successor]?["account_data"]?["events"]?.elements.first { $0["type"]?.string == "m.tag" }
        #expect(tags?["content"]?["tags"]?["m.favourite"] != nil)
        let direct = sync["account_data"]?["events"]?.elements.first { $0["type"]?.string == "m.direct" }
        #expect(direct?["content"]?[alice.name]?.elements.compactMap(\.string) == [room, successor])
        let rules = sync["account_data"]?["events"]?.elements.first { $0["type"]?.string == "m.push_rules" }
        #expect(rules?["content"]?["global"]?["room"]?.elements.compactMap { $0["rule_id"]?.string } == [successor, room])
    }

    @Test func `a room that only says to be a successor gets nothing`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        try await world.setAccountData("m.tag", ["tags": ["m.favourite": [:]]], room: room, of: bob.user)
        let pretender = try await alice.createRoom([
            "preset": "public_chat", "creation_content": ["predecessor": ["room_id": .string(room), "event_id": "$x"]],
        ])
        try await bob.join(pretender)
        let sync = try await bob.sync()
        let tags = sync["rooms"]?["join"]?[pretender]?["account_data"]?["events"]?.elements.first { $0["type"]?.string == "m.tag" }
        #expect(tags == nil)
    }

    @Test func `a space takes its children along`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let space = try await alice.createRoom(["creation_content": ["type": "m.space"], "room_version": "11"])
        let child = try await alice.createRoom()
        try await alice.setState("m.space.child", ["via": ["here.example"]], key: child, in: space)
        try await alice.setState("m.space.child", [:], key: "!gone:here.example", in: space)
        let successor = try await alice.post("/rooms/\(space)/upgrade", ["new_version": "12"])["replacement_room"]?.string ?? ""
        let carried = try await alice.state("m.space.child", child, in: successor)
        #expect(carried["via"]?[0]?.string == "here.example")
        let gone = await failure { try await alice.state("m.space.child", "!gone:here.example", in: successor) }
        #expect(gone?.code == .notFound)
    }
}

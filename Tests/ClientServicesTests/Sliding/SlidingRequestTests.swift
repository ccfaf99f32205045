import MatrixAPI
import MatrixModel
import Testing

/// Lists, filters and what is malformed.
@Suite struct SlidingRequestTests {
    private func alice() async throws -> Person { try await RoomWorld().person("alice") }

    @Test func `malformed requests are refused`() async throws {
        let alice = try await alice()
        func refused(_ body: JSONValue, path: String = SlidingClient.unstable, query: [(String, String)] = []) async -> String? {
            await failure { try await alice.world.call(.user(alice.caller), .post, path, query: query, body: body) }?.code.rawValue
        }
        func list(_ members: JSONValue) -> JSONValue { ["lists": ["a": members]] }
        #expect(await refused(list([:])) == "M_MISSING_PARAM")
        #expect(await refused(list(["timeline_limit": "x"])) == "M_BAD_JSON")
        #expect(await refused(list(["timeline_limit": -1])) == "M_INVALID_PARAM")
        #expect(await refused(list(["timeline_limit": 1, "ranges": [[5, 2]]])) == "M_INVALID_PARAM")
        #expect(await refused(list(["timeline_limit": 1, "ranges": [[0]]])) == "M_BAD_JSON")
        #expect(await refused(list(["timeline_limit": 1, "required_state": [["a"]]])) == "M_BAD_JSON")
        #expect(await refused(list(["timeline_limit": 1, "required_state": [["m.room.name", "$LAZY"]]])) == "M_INVALID_PARAM")
        #expect(await refused(list(["timeline_limit": 1, "filters": ["is_dm": 1]])) == "M_BAD_JSON")
        #expect(await refused(["lists": []]) == "M_BAD_JSON")
        #expect(await refused(["room_subscriptions": ["zebra": ["timeline_limit": 1]]]) == "M_INVALID_PARAM")
        #expect(await refused(["extensions": ["to_device": ["enabled": 1]]]) == "M_BAD_JSON")
        #expect(await refused(["extensions": ["to_device": ["enabled": true, "since": "zebra"]]]) == "M_INVALID_PARAM")
        #expect(await refused([:], query: [("set_presence", "zebra")]) == "M_INVALID_PARAM")
        #expect(await refused(["conn_id": .string(String(repeating: "x", count: 256))]) == "M_INVALID_PARAM")
        let many = JSONValue.object(Dictionary(uniqueKeysWithValues: (0...100).map { ("l\($0)", ["timeline_limit": 1]) }))
        #expect(await refused(["lists": many]) == "M_INVALID_PARAM")
        let rooms = JSONValue.object(Dictionary(uniqueKeysWithValues: (0...100).map { ("!\($0):a", ["timeline_limit": 1]) }))
        #expect(await refused(["room_subscriptions": rooms], path: SlidingClient.stable) == "M_INVALID_PARAM")
        #expect(await refused(["lists": ["no spaces": ["timeline_limit": 1]]], path: SlidingClient.stable) == "M_INVALID_PARAM")
        #expect(await refused(["lists": ["spaces here": ["timeline_limit": 1]]]) == nil)
    }

    @Test func `filters choose rooms`() async throws {
        let alice = try await alice()
        let world = alice.world
        let bob = try await world.person("bob")
        let plain = try await alice.createRoom(["name": "Plain Room"])
        let encrypted = try await alice.createRoom([
            "name": "Hidden",
            "initial_state": [["type": "m.room.encryption", "state_key": "", "content": ["algorithm": "m.megolm.v1.aes-sha2"]]],
        ])
        let space = try await alice.createRoom(["creation_content": ["type": "m.space"], "name": "Space"])
        try await alice.setState("m.space.child", ["via": ["here.example"]], key: plain, in: space)
        try await alice.setState("m.space.child", [:], key: encrypted, in: space)
        let invitation = try await bob.createRoom(["name": "Come", "invite": [.string(alice.name)]])
        try await world.setAccountData("m.direct", [bob.name: [.string(encrypted)]], of: alice.user)
        try await world.setAccountData("m.tag", ["tags": ["m.favourite": [:]]], room: plain, of: alice.user)
        try await world.setAccountData("m.tag", ["tags": ["m.lowpriority": [:]]], room: encrypted, of: alice.user)

        func rooms(_ filters: JSONValue) async throws -> Set<String> {
            let answer = try await SlidingClient(alice).ask(SlidingClient.list(filters: filters))
            let told = Set(answer.toldRooms)
            #expect(answer["lists"]?["all"]?["count"]?.integer == told.count)
            return told
        }
        #expect(try await rooms([:]) == [plain, encrypted, space, invitation])
        #expect(try await rooms(["is_dm": true]) == [encrypted])
        #expect(try await rooms(["is_dm": false]) == [plain, space, invitation])
        #expect(try await rooms(["is_encrypted": true]) == [encrypted])
        #expect(try await rooms(["is_encrypted": false, "is_invite": false]) == [plain, space])
        #expect(try await rooms(["is_invite": true]) == [invitation])
        #expect(try await rooms(["is_invited": true]) == [invitation])
        #expect(try await rooms(["room_types": ["m.space"]]) == [space])
        #expect(try await rooms(["room_types": [.null]]) == [plain, encrypted, invitation])
        #expect(try await rooms(["room_types": ["m.space", .null], "not_room_types": ["m.space"]]) == [plain, encrypted, invitation])
        #expect(try await rooms(["not_room_types": [.null]]) == [space])
        #expect(try await rooms(["room_name_like": "pLAIN"]) == [plain])
        #expect(try await rooms(["tags": ["m.favourite", "x"]]) == [plain])
        #expect(try await rooms(["not_tags": ["m.lowpriority"]]) == [plain, space, invitation])
        #expect(try await rooms(["tags": ["m.lowpriority"], "not_tags": ["m.lowpriority"]]) == [])
        #expect(try await rooms(["spaces": [.string(space)]]) == [plain])
        #expect(try await rooms(["spaces": ["!unknown:here.example"]]) == [])
        // Facts follow the state.
        try await alice.setState("m.room.name", ["name": "Renamed"], in: plain)
        #expect(try await rooms(["room_name_like": "plain"]) == [])
    }

    @Test func `ranges, several lists and subscriptions come together`() async throws {
        let alice = try await alice()
        var rooms: [String] = []
        for number in 0..<6 {
            rooms.append(try await alice.createRoom(["name": .string("\(number)")]))
            for text in 0..<4 { try await alice.say("\(text)", in: rooms[number]) }
        }
        let body: JSONValue = [
            "lists": [
                "top": ["ranges": [[0, 0], [2, 2]], "timeline_limit": 1, "required_state": [["m.room.name", ""]]],
                "most": ["ranges": [[0, 1]], "timeline_limit": 3, "required_state": [["m.room.create", ""]]],
                "none": ["ranges": [], "timeline_limit": 3],
            ],
            "room_subscriptions": [rooms[0]: ["timeline_limit": 2], "!nowhere:here.example": ["timeline_limit": 2]],
        ]
        let answer = try await SlidingClient(alice).ask(body)
        #expect(Set(answer.toldRooms) == [rooms[5], rooms[4], rooms[3], rooms[0]])
        #expect(answer["rooms"]?[rooms[5]]?["lists"]?.value == ["most", "top"])
        #expect(answer["rooms"]?[rooms[5]]?.bodies.count == 3)
        #expect(answer["rooms"]?[rooms[5]]?.slots == ["m.room.name|", "m.room.create|"])
        #expect(answer["rooms"]?[rooms[3]]?.bodies.count == 1)
        #expect(answer["rooms"]?[rooms[0]]?["lists"] == nil)
        #expect(answer["rooms"]?[rooms[0]]?.bodies.count == 2)
        #expect(["top", "most", "none"].allSatisfy { answer["lists"]?[$0]?["count"]?.integer == 6 })
        // No range is every room.
        let all = try await SlidingClient(alice, connection: "all").ask(["lists": ["all": ["timeline_limit": 0]]])
        #expect(all.toldRooms.count == 6)
        #expect(all["rooms"]?[rooms[0]]?["timeline"]?.count == 0)
    }

    @Test func `a waiting request is answered by what its windows show alone`() async throws {
        let alice = try await alice()
        let bob = try await alice.world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        let other = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        try await bob.join(other)
        var client = SlidingClient(bob)
        let body: JSONValue = ["room_subscriptions": [room: ["timeline_limit": 5]]]
        try await client.sync(body)
        let waiting = client
        // The world's clock sleeps for an hour: only news can end this wait in time.
        async let answer = waiting.ask(body, timeout: 30_000)
        try await alice.say("elsewhere", in: other)
        try await alice.say("here", in: room)
        let told = try await answer
        #expect(told.toldRooms == [room])
        #expect(told["rooms"]?[room]?.bodies == ["here"])
    }

    @Test func `a device's connections end with it and are bounded`() async throws {
        let alice = try await alice()
        var first = SlidingClient(alice, connection: "0")
        try await first.sync()
        for number in 1...16 {
            var client = SlidingClient(alice, connection: "\(number)")
            try await client.sync()
        }
        #expect(await failure { try await first.ask() }?.code.rawValue == "M_UNKNOWN_POS")
        var last = SlidingClient(alice, connection: "16")
        try await last.sync()
        try await alice.world.deleteDevice(alice)
        #expect(await failure { try await last.ask() }?.code.rawValue == "M_UNKNOWN_POS")
        // Long disuse ends a connection too, when another begins.
        last.position = nil
        try await last.sync()
        alice.world.clock.advance(31 * 24 * 3_600_000)
        var late = SlidingClient(alice, connection: "late")
        try await late.sync()
        #expect(await failure { try await last.ask() }?.code.rawValue == "M_UNKNOWN_POS")
    }
}

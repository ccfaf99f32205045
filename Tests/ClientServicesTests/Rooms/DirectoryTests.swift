import MatrixAPI
import MatrixModel
import Testing

@Suite struct DirectoryTests {
    @Test func `aliases are made, resolved, listed and removed`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let admin = try await world.person("admin", isAdmin: true)
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.put("/directory/room/#bobs:here.example", ["room_id": .string(room)])
        let found = try await alice.get("/directory/room/#bobs:here.example")
        #expect(found["room_id"]?.string == room)
        #expect(found["servers"]?.value == ["here.example"])
        let taken = await failure { try await alice.put("/directory/room/#bobs:here.example", ["room_id": .string(room)]) }
        #expect(taken?.status == 409)
        #expect(await failure { try await alice.put("/directory/room/#a:there.example", ["room_id": .string(room)]) }?.status == 400)
        #expect(await failure { try await alice.put("/directory/room/#a:here.example", ["room_id": "!none:here.example"]) }?.code == .notFound)
        #expect(await failure { try await alice.get("/directory/room/nothing") }?.status == 400)
        #expect(try await alice.get("/rooms/\(room)/aliases")["aliases"]?.value == ["#bobs:here.example"])
        #expect(await failure { try await bob.get("/rooms/\(room)/aliases") }?.code == .forbidden)

        // The one who made it, one with power in the room, or an administrator removes an alias.
        try await bob.delete("/directory/room/#bobs:here.example")
        #expect(await failure { try await alice.get("/directory/room/#bobs:here.example") }?.code == .notFound)
        #expect(await failure { try await bob.delete("/directory/room/#bobs:here.example") }?.code == .notFound)
        for (number, remover) in [alice, admin].enumerated() {
            try await bob.put("/directory/room/#n\(number):here.example", ["room_id": .string(room)])
            let stranger = try await world.person("stranger\(number)")
            #expect(await failure { try await stranger.delete("/directory/room/#n\(number):here.example") }?.code == .forbidden)
            try await remover.delete("/directory/room/#n\(number):here.example")
        }
    }

    @Test func `a removed alias leaves the canonical alias event`() async throws {
        let alice = try await RoomWorld().person("alice")
        let room = try await alice.createRoom(["room_alias_name": "main"])
        try await alice.delete("/directory/room/#main:here.example")
        #expect(try await alice.state("m.room.canonical_alias", in: room)["alias"] == nil)
    }

    @Test func `the directory lists published rooms, largest first, in pages`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let small = try await alice.createRoom(["visibility": "public", "name": "Small", "topic": "Cats"])
        let large = try await alice.createRoom(["visibility": "public", "name": "Large", "room_alias_name": "large"])
        let space = try await alice.createRoom(["visibility": "public", "name": "Space", "creation_content": ["type": "m.space"]])
        _ = try await alice.createRoom(["name": "Secret", "preset": "public_chat"])
        try await bob.join(large)
        let all = try await bob.get("/publicRooms")
        #expect(all["total_room_count_estimate"]?.integer == 3)
        #expect(all["chunk"]?[0]?["room_id"]?.string == large)
        #expect(all["chunk"]?[0]?["num_joined_members"]?.integer == 2)
        #expect(all["chunk"]?[0]?["canonical_alias"]?.string == "#large:here.example")
        #expect(all["chunk"]?[0]?["join_rule"]?.string == "public")
        #expect(all["chunk"]?[0]?["guest_can_join"]?.bool == false)

        var seen: [String] = []
        var since: String?
        repeat {
            let page = try await bob.get("/publicRooms", [("limit", "1")] + (since.map { [("since", $0)] } ?? []))
            seen += page["chunk"]?.elements.compactMap { $0["room_id"]?.string } ?? []
            since = page["next_batch"]?.string
        } while since != nil
        #expect(seen.count == 3)
        #expect(Set(seen) == [small, large, space])

        func search(_ filter: JSONValue) async throws -> [String] {
            try await bob.post("/publicRooms", ["filter": filter])["chunk"]?.elements.compactMap { $0["name"]?.string } ?? []
        }
        #expect(try await search(["generic_search_term": "cATs"]) == ["Small"])
        #expect(try await search(["room_types": ["m.space"]]) == ["Space"])
        #expect(try await search(["room_types": [.null]]).sorted() == ["Large", "Small"])
        #expect(await failure { try await bob.get("/publicRooms", [("since", "zzz")]) }?.code == .invalidParam)
    }

    @Test func `who has power in a room publishes it and takes it back`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        #expect(await failure { try await bob.put("/directory/list/room/\(room)", ["visibility": "public"]) }?.code == .forbidden)
        try await alice.put("/directory/list/room/\(room)", [:])
        #expect(try await bob.get("/directory/list/room/\(room)")["visibility"]?.string == "public")
        try await alice.put("/directory/list/room/\(room)", ["visibility": "private"])
        #expect(try await bob.get("/directory/list/room/\(room)")["visibility"]?.string == "private")
        #expect(await failure { try await bob.get("/directory/list/room/!none:here.example") }?.code == .notFound)
        #expect(await failure { try await alice.put("/directory/list/room/\(room)", ["visibility": "odd"]) }?.code == .badJSON)
    }

    @Test func `application services list rooms of their networks`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bridge = Person(
            world: world,
            caller: UserCaller(user: alice.user, device: nil, tokenID: 9, applicationService: "irc-bridge", address: "127.0.0.1"))
        let listed = try await alice.createRoom(["name": "Bridged", "preset": "public_chat"])
        let published = try await alice.createRoom(["name": "Published", "visibility": "public"])
        let path = "/directory/list/appservice/libera/\(listed)"
        #expect(await failure { try await alice.put(path, ["visibility": "public"]) }?.code == .forbidden)
        #expect(await failure { try await bridge.put(path, [:]) }?.code == .missingParam)
        try await bridge.put(path, ["visibility": "public"])
        func rooms(_ body: JSONValue) async throws -> [String] {
            try await alice.post("/publicRooms", body)["chunk"]?.elements.compactMap { $0["room_id"]?.string } ?? []
        }
        #expect(try await rooms([:]) == [published])
        #expect(try await rooms(["third_party_instance_id": "irc-bridge|libera"]) == [listed])
        #expect(try await rooms(["third_party_instance_id": "irc-bridge|oftc"]).isEmpty)
        #expect(try await Set(rooms(["include_all_networks": true])) == [listed, published])
        let both = await failure { try await rooms(["include_all_networks": true, "third_party_instance_id": "irc-bridge|libera"]) }
        #expect(both?.code == .invalidParam)
        try await bridge.put(path, ["visibility": "private"])
        #expect(try await rooms(["third_party_instance_id": "irc-bridge|libera"]).isEmpty)
    }
}

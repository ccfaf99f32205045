import ClientServices
import MatrixAPI
import MatrixModel
import Testing

extension Person {
    /// A request to the first version of the API.
    func first(_ path: String, _ query: [(String, String)] = []) async throws -> JSON {
        try await world.call(.user(caller), .get, "/_matrix/client/v1" + path, query: query)
    }

    fileprivate func space(_ name: String, _ more: JSONValue = [:]) async throws -> String {
        var body: JSONValue = ["name": .string(name), "preset": "public_chat", "creation_content": ["type": "m.space"]]
        for (key, value) in more.object ?? [:] { body[key] = value }
        return try await createRoom(body)
    }

    fileprivate func add(_ child: String, to space: String, _ content: JSONValue = ["via": ["here.example"]]) async throws {
        try await setState("m.space.child", content, key: child, in: space)
    }
}

@Suite struct SpacesTests {
    private func names(_ page: JSON) -> [String] { page["rooms"]?.elements.map { $0["name"]?.string ?? $0["room_id"]?.string ?? "" } ?? [] }

    private func people() async throws -> (alice: Person, bob: Person) {
        let world = try await RoomWorld()
        return (try await world.person("alice"), try await world.person("bob"))
    }

    // MARK: The tree

    @Test func `a tree is walked depth first, each room once, its children in order`() async throws {
        let (alice, bob) = try await people()
        let root = try await alice.space("root")
        let inner = try await alice.space("inner")
        let leaf = try await alice.createRoom(["name": "leaf", "preset": "public_chat"])
        let last = try await alice.createRoom(["name": "last", "preset": "public_chat"])
        let first = try await alice.createRoom(["name": "first", "preset": "public_chat"])
        try await alice.add(last, to: root)
        try await alice.add(inner, to: root, ["via": ["here.example"], "order": "b"])
        try await alice.add(first, to: root, ["via": ["here.example"], "order": "a", "suggested": true])
        try await alice.add(leaf, to: inner)
        try await alice.add(root, to: inner)
        try await alice.add(first, to: inner)
        // What takes a relationship back, or names no room, is none.
        try await alice.add("!gone:here.example", to: root, [:])
        try await alice.add("nonsense", to: root)
        let page = try await bob.first("/rooms/\(root)/hierarchy")
        #expect(names(page) == ["root", "first", "inner", "leaf", "last"])
        #expect(page["next_batch"] == nil)
        let told = page["rooms"]?[0]
        #expect(told?["room_type"]?.string == "m.space")
        #expect(told?["num_joined_members"]?.integer == 1)
        #expect(told?["join_rule"]?.string == "public")
        #expect(told?["room_version"]?.string != nil)
        #expect(told?["children_state"]?.elements.compactMap { $0["state_key"]?.string } == [first, inner, last])
        #expect(told?["children_state"]?[0]?["origin_server_ts"]?.integer != nil)
        #expect(told?["children_state"]?[0]?["sender"]?.string == alice.name)
        #expect(page["rooms"]?[1]?["children_state"]?.count == 0)

        #expect(try await names(bob.first("/rooms/\(root)/hierarchy", [("max_depth", "0")])) == ["root"])
        #expect(try await names(bob.first("/rooms/\(root)/hierarchy", [("max_depth", "1")])) == ["root", "first", "inner", "last"])
        let suggested = try await bob.first("/rooms/\(root)/hierarchy", [("suggested_only", "true")])
        #expect(names(suggested) == ["root", "first"])
        #expect(suggested["rooms"]?[0]?["children_state"]?.count == 1)
    }

    @Test func `pages join up, over a restart too, and keep to what was asked first`() async throws {
        let (alice, bob) = try await people()
        let root = try await alice.space("root")
        for number in 0..<7 {
            let room = try await alice.createRoom(["name": .string("r\(number)"), "preset": "public_chat"])
            try await alice.add(room, to: root, ["via": ["here.example"], "order": .string("\(number)")])
        }
        var seen: [String] = []
        var from: String?
        var reader = bob
        repeat {
            let page = try await reader.first("/rooms/\(root)/hierarchy", [("limit", "3")] + (from.map { [("from", $0)] } ?? []))
            seen += names(page)
            from = page["next_batch"]?.string
            reader = Person(world: try await reader.world.restarted(), caller: bob.caller)
        } while from != nil
        #expect(seen == ["root"] + (0..<7).map { "r\($0)" })

        let token = try await bob.first("/rooms/\(root)/hierarchy", [("limit", "2")])["next_batch"]?.string ?? ""
        func refusal(_ query: [(String, String)]) async -> ErrorCode? {
            await failure { try await bob.first("/rooms/\(root)/hierarchy", query) }?.code
        }
        #expect(await refusal([("from", token), ("max_depth", "1")]) == .invalidParam)
        #expect(await refusal([("from", token), ("suggested_only", "true")]) == .invalidParam)
        #expect(await refusal([("from", "nonsense")]) == .invalidParam)
        #expect(await refusal([("limit", "0")]) == .invalidParam)
        #expect(await refusal([("max_depth", "-1")]) == .invalidParam)
    }

    @Test func `rooms are told to those who may join, knock or look in`() async throws {
        let (alice, bob) = try await people()
        let root = try await alice.space("root")
        let secret = try await alice.createRoom(["name": "secret"])
        let invited = try await alice.createRoom(["name": "invited"])
        let open = try await alice.createRoom([
            "name": "open", "initial_state": [["type": "m.room.history_visibility", "content": ["history_visibility": "world_readable"]]],
        ])
        let knock = try await alice.createRoom([
            "name": "knock", "initial_state": [["type": "m.room.join_rules", "content": ["join_rule": "knock"]]],
        ])
        let rule: JSONValue = [
            "join_rule": "restricted", "allow": [["type": "m.room_membership", "room_id": .string(root)]],
        ]
        let restricted = try await alice.createRoom(["name": "restricted", "initial_state": [["type": "m.room.join_rules", "content": rule]]])
        for (index, room) in [secret, invited, open, knock, restricted].enumerated() {
            try await alice.add(room, to: root, ["via": ["here.example"], "order": .string("\(index)")])
        }
        try await alice.invite(bob, to: invited)
        #expect(try await names(alice.first("/rooms/\(root)/hierarchy")) == ["root", "secret", "invited", "open", "knock", "restricted"])
        #expect(try await names(bob.first("/rooms/\(root)/hierarchy")) == ["root", "invited", "open", "knock"])
        try await bob.join(root)
        let page = try await bob.first("/rooms/\(root)/hierarchy")
        #expect(names(page) == ["root", "invited", "open", "knock", "restricted"])
        #expect(page["rooms"]?[4]?["allowed_room_ids"]?.value == [.string(root)])

        #expect(await failure { try await bob.first("/rooms/\(secret)/hierarchy") }?.code == .forbidden)
        #expect(await failure { try await bob.first("/rooms/!none:here.example/hierarchy") }?.code == .forbidden)
        try await alice.post("/rooms/\(knock)/ban", ["user_id": .string(bob.name)])
        #expect(await failure { try await bob.first("/rooms/\(knock)/hierarchy") }?.code == .forbidden)
    }

    // MARK: Rooms of other servers

    private func remoteRoom(_ id: String, _ more: JSONValue = [:]) -> JSONValue {
        var room: JSONValue = [
            "room_id": .string(id), "name": .string(String(id.dropFirst().prefix { $0 != ":" })), "num_joined_members": 3, "world_readable": false,
            "guest_can_join": false, "join_rule": "public",
        ]
        for (key, value) in more.object ?? [:] { room[key] = value }
        return room
    }

    private func child(_ id: String) -> JSONValue {
        [
            "type": "m.space.child", "state_key": .string(id), "sender": "@x:there.example", "origin_server_ts": 1,
            "content": ["via": ["there.example"]],
        ]
    }

    @Test func `rooms of other servers are asked for once and filtered for the person`() async throws {
        let (alice, bob) = try await people()
        let remote = alice.world.remote
        let root = try await alice.space("root")
        try await alice.add("!space:there.example", to: root, ["via": ["there.example", "here.example"]])
        remote.tellHierarchy(
            of: "!space:there.example",
            [
                "room": remoteRoom(
                    "!space:there.example",
                    [
                        "room_type": "m.space",
                        "children_state": [
                            child("!open:there.example"), child("!secret:there.example"), child("!ours:there.example"), child("!deep:there.example"),
                            child("!closed:there.example"),
                        ],
                    ]),
                "children": [
                    remoteRoom("!open:there.example"), remoteRoom("!secret:there.example", ["join_rule": "invite"]),
                    remoteRoom(
                        "!ours:there.example", ["join_rule": "restricted", "allowed_room_ids": [.string(root)], "room_version": "11"]),
                    remoteRoom("!deep:there.example", ["room_type": "m.space"]),
                ],
                "inaccessible_children": ["!closed:there.example"],
            ])
        remote.tellHierarchy(
            of: "!deep:there.example",
            [
                "room": remoteRoom("!deep:there.example", ["room_type": "m.space", "children_state": [child("!leaf:there.example")]]),
                "children": [remoteRoom("!leaf:there.example")], "inaccessible_children": [],
            ])
        // Rooms without time and order come by their identifiers.
        #expect(try await names(alice.first("/rooms/\(root)/hierarchy")) == ["root", "space", "deep", "leaf", "open", "ours"])
        #expect(try await names(bob.first("/rooms/\(root)/hierarchy")) == ["root", "space", "deep", "leaf", "open"])
        #expect(Set(remote.hierarchiesAsked) == ["!space:there.example via there.example", "!deep:there.example via there.example"])
        #expect(remote.hierarchiesAsked.count == 2)

        let summary = try await bob.first("/room_summary/!space:there.example", [("via", "there.example")])
        #expect(summary["name"]?.string == "space")
        #expect(summary["membership"]?.string == "leave")
        #expect(remote.hierarchiesAsked.count == 2)
    }

    @Test func `what another server tells is cut down to what is known`() async throws {
        let (alice, _) = try await people()
        let long = JSONValue.string(String(repeating: "x", count: 20_000))
        alice.world.remote.tellHierarchy(
            of: "!odd:there.example",
            [
                "room": [
                    "room_id": "!odd:there.example", "name": 5, "topic": long, "avatar_url": "javascript:x", "canonical_alias": "none",
                    "num_joined_members": -4, "world_readable": "yes", "evil": "x", "children_state": [5, ["type": "m.room.name"]],
                ]
            ])
        let summary = try await alice.first("/room_summary/!odd:there.example", [("via", "there.example")])
        #expect(
            summary.value == [
                "room_id": "!odd:there.example", "num_joined_members": 0, "world_readable": false, "guest_can_join": false, "membership": "leave",
            ])
    }

    // MARK: Summaries

    @Test func `a summary is given by identifier and alias, to strangers too where the room is open`() async throws {
        let (alice, bob) = try await people()
        let room = try await alice.createRoom([
            "name": "Plaza", "topic": "Talk", "preset": "public_chat", "room_alias_name": "plaza", "room_version": "10",
            "initial_state": [["type": "m.room.encryption", "content": ["algorithm": "m.megolm.v1.aes-sha2"]]],
        ])
        let summary = try await bob.first("/room_summary/#plaza:here.example")
        #expect(summary["room_id"]?.string == room)
        #expect(summary["name"]?.string == "Plaza")
        #expect(summary["topic"]?.string == "Talk")
        #expect(summary["canonical_alias"]?.string == "#plaza:here.example")
        #expect(summary["room_version"]?.string == "10")
        #expect(summary["encryption"]?.string == "m.megolm.v1.aes-sha2")
        #expect(summary["membership"]?.string == "leave")
        #expect(summary["children_state"] == nil)
        #expect(try await alice.first("/room_summary/\(room)")["membership"]?.string == "join")

        let nobody = Identity.anonymous(PublicCaller(address: "127.0.0.1"))
        func stranger(_ path: String) async throws -> JSON { try await alice.world.call(nobody, .get, "/_matrix/client/" + path) }
        let open = try await stranger("v1/room_summary/\(room)")
        #expect(open["name"]?.string == "Plaza")
        #expect(open["membership"] == nil)
        for path in ["unstable/im.nheko.summary/rooms/\(room)/summary", "unstable/im.nheko.summary/summary/\(room)"] {
            #expect(try await stranger(path)["room_id"]?.string == room)
        }
        let secret = try await alice.createRoom(["name": "Secret"])
        #expect(await failure { try await stranger("v1/room_summary/\(secret)") }?.code == .notFound)
        #expect(await failure { try await bob.first("/room_summary/\(secret)") }?.code == .notFound)
        #expect(await failure { try await bob.first("/room_summary/!none:nowhere.example") }?.code == .notFound)
        try await alice.invite(bob, to: secret)
        #expect(try await bob.first("/room_summary/\(secret)")["membership"]?.string == "invite")
        // A change shows at once.
        try await alice.setState("m.room.name", ["name": "Square"], in: room)
        #expect(try await bob.first("/room_summary/\(room)")["name"]?.string == "Square")
    }

    // MARK: For other servers

    @Test func `another server learns of children that it could join`() async throws {
        let (alice, _) = try await people()
        let world = alice.world
        let root = try await alice.space("root")
        let open = try await alice.createRoom(["name": "open", "preset": "public_chat"])
        let secret = try await alice.createRoom(["name": "secret"])
        try await alice.add(open, to: root, ["via": ["here.example"], "suggested": true])
        try await alice.add(secret, to: root)
        try await alice.add("!elsewhere:there.example", to: root)
        let peer = RoomWorld.serverName("there.example")
        func told(_ room: String, suggestedOnly: Bool = false) async throws -> JSONValue {
            let id = try #require(RoomID(room))
            return try await world.services.hierarchy(of: id, suggestedOnly: suggestedOnly, for: peer)
        }
        let answer = try await told(root)
        #expect(answer["room"]?["room_id"]?.string == root)
        #expect(answer["room"]?["children_state"]?.array?.count == 3)
        #expect(answer["children"]?.array?.compactMap { $0["room_id"]?.string } == [open])
        #expect(answer["inaccessible_children"]?.array?.compactMap(\.string) == [secret])
        let suggested = try await told(root, suggestedOnly: true)
        #expect(suggested["room"]?["children_state"]?.array?.count == 1)
        #expect(suggested["inaccessible_children"]?.array?.isEmpty == true)
        #expect(await failure { try await told(secret) }?.code == .notFound)
        #expect(await failure { try await told("!none:here.example") }?.code == .notFound)
        try await alice.setState("m.room.server_acl", ["allow": ["*"], "deny": ["there.example"]], in: root)
        #expect(await failure { try await told(root) }?.code == .notFound)
    }

    // MARK: Mutual rooms

    @Test func `mutual rooms are those that both are in`() async throws {
        let (alice, bob) = try await people()
        let shared = try await alice.createRoom(["preset": "public_chat"])
        let left = try await alice.createRoom(["preset": "public_chat"])
        _ = try await alice.createRoom()
        for room in [shared, left] { try await bob.join(room) }
        try await bob.leave(left)
        let answer = try await alice.first("/mutual_rooms", [("user_id", bob.name)])
        #expect(answer.value == ["joined": [.string(shared)], "count": 1])
        let unstable = try await alice.world.call(
            .user(alice.caller), .get, "/_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms", query: [("user_id", bob.name)])
        #expect(unstable["joined"]?.value == [.string(shared)])
        #expect(try await alice.first("/mutual_rooms", [("user_id", "@nobody:there.example")])["joined"]?.count == 0)
        func refusal(_ query: [(String, String)]) async -> ErrorCode? { await failure { try await alice.first("/mutual_rooms", query) }?.code }
        #expect(await refusal([("user_id", alice.name)]) == .invalidParam)
        #expect(await refusal([("user_id", "nonsense")]) == .invalidParam)
        #expect(await refusal([("user_id", bob.name), ("from", "x")]) == .invalidParam)
        #expect(await refusal([]) == .missingParam)
    }
}

import ClientServices
import MatrixModel
import Testing

@Suite struct MembershipTests {
    private func world() async throws -> (Person, Person, Person) {
        let world = try await RoomWorld()
        return (try await world.person("alice"), try await world.person("bob"), try await world.person("carol"))
    }

    private func membership(of person: Person, in room: String, seenBy other: Person) async throws -> String? {
        try await other.state("m.room.member", person.name, in: room)["membership"]?.string
    }

    @Test func `anybody joins a public room, by identifier or alias`() async throws {
        let (alice, bob, carol) = try await world()
        let room = try await alice.createRoom(["preset": "public_chat", "room_alias_name": "open"])
        #expect(try await bob.post("/rooms/\(room)/join")["room_id"]?.string == room)
        #expect(try await carol.post("/join/#open:here.example", ["reason": "hello"])["room_id"]?.string == room)
        #expect(try await alice.state("m.room.member", carol.name, in: room)["reason"]?.string == "hello")
        #expect(try await bob.get("/joined_rooms")["joined_rooms"]?[0]?.string == room)
        #expect(try await bob.get("/rooms/\(room)/joined_members")["joined"]?.count == 3)
        // Joining once more changes nothing.
        try await bob.join(room)
        #expect(await failure { try await bob.post("/join/#none:here.example") }?.code == .notFound)
    }

    @Test func `a private room takes an invitation`() async throws {
        let (alice, bob, _) = try await world()
        let room = try await alice.createRoom(["preset": "private_chat"])
        #expect(await failure { try await bob.join(room) }?.code == .forbidden)
        try await alice.invite(bob, to: room)
        try await alice.invite(bob, to: room)
        try await bob.join(room)
        #expect(try await membership(of: bob, in: room, seenBy: alice) == "join")
        #expect(await failure { try await alice.invite(bob, to: room) }?.code == .forbidden)
    }

    @Test func `whoever is not in a room cannot invite, kick or ban`() async throws {
        let (alice, bob, carol) = try await world()
        let room = try await alice.createRoom(["preset": "public_chat"])
        for action in ["invite", "kick", "ban", "unban"] {
            #expect(await failure { try await bob.post("/rooms/\(room)/\(action)", ["user_id": .string(carol.name)]) }?.code == .forbidden)
        }
    }

    @Test func `an invited user refuses, a member leaves and may forget`() async throws {
        let (alice, bob, carol) = try await world()
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await alice.invite(bob, to: room)
        try await bob.leave(room)
        #expect(try await membership(of: bob, in: room, seenBy: alice) == "leave")
        try await carol.join(room)
        #expect(await failure { try await carol.post("/rooms/\(room)/forget") }?.status == 400)
        try await carol.leave(room)
        #expect(try await carol.get("/rooms/\(room)/messages", [("dir", "b")])["chunk"]?.count ?? 0 > 0)
        try await carol.post("/rooms/\(room)/forget")
        #expect(await failure { try await carol.get("/rooms/\(room)/messages", [("dir", "b")]) }?.code == .forbidden)
        // Leaving a room one has left is no error.
        try await carol.leave(room)
    }

    @Test func `a kicked member may come back, a banned one may not until unbanned`() async throws {
        let (alice, bob, _) = try await world()
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        try await alice.post("/rooms/\(room)/kick", ["user_id": .string(bob.name), "reason": "noise"])
        let kicked = try await alice.state("m.room.member", bob.name, in: room)
        #expect(kicked["membership"]?.string == "leave")
        #expect(kicked["reason"]?.string == "noise")
        #expect(await failure { try await alice.post("/rooms/\(room)/kick", ["user_id": .string(bob.name)]) }?.code == .forbidden)
        try await bob.join(room)
        try await alice.post("/rooms/\(room)/ban", ["user_id": .string(bob.name)])
        #expect(await failure { try await bob.join(room) }?.code == .forbidden)
        #expect(await failure { try await bob.leave(room) }?.code == .forbidden)
        #expect(await failure { try await alice.invite(bob, to: room) }?.code == .forbidden)
        try await alice.post("/rooms/\(room)/unban", ["user_id": .string(bob.name)])
        #expect(await failure { try await alice.post("/rooms/\(room)/unban", ["user_id": .string(bob.name)]) }?.code == .forbidden)
        try await bob.join(room)
    }

    @Test func `a member without power cannot kick or ban`() async throws {
        let (alice, bob, _) = try await world()
        let room = try await alice.createRoom(["preset": "public_chat", "room_version": "11"])
        try await bob.join(room)
        for action in ["kick", "ban"] {
            #expect(await failure { try await bob.post("/rooms/\(room)/\(action)", ["user_id": .string(alice.name)]) }?.code == .forbidden)
        }
    }

    @Test func `a knock is made where the rule allows it, and answered by an invitation`() async throws {
        let (alice, bob, _) = try await world()
        let closed = try await alice.createRoom(["preset": "private_chat"])
        #expect(await failure { try await bob.post("/knock/\(closed)") }?.code == .forbidden)
        let room = try await alice.createRoom([
            "preset": "private_chat", "initial_state": [["type": "m.room.join_rules", "content": ["join_rule": "knock"]]],
        ])
        #expect(try await bob.post("/knock/\(room)", ["reason": "please"])["room_id"]?.string == room)
        #expect(try await membership(of: bob, in: room, seenBy: alice) == "knock")
        try await alice.invite(bob, to: room)
        try await bob.join(room)
        #expect(await failure { try await bob.post("/knock/\(room)") }?.code == .forbidden)
        #expect(await failure { try await bob.post("/knock/#nowhere:here.example") }?.code == .notFound)
    }

    @Test func `a restricted room lets in the members of another`() async throws {
        let (alice, bob, carol) = try await world()
        let club = try await alice.createRoom(["preset": "public_chat"])
        let room = try await alice.createRoom([
            "preset": "private_chat", "room_version": "10",
            "initial_state": [
                [
                    "type": "m.room.join_rules",
                    "content": ["join_rule": "restricted", "allow": [["type": "m.room_membership", "room_id": .string(club)]]],
                ]
            ],
        ])
        #expect(await failure { try await bob.join(room) }?.code == .forbidden)
        try await bob.join(club)
        try await bob.join(room)
        #expect(try await alice.state("m.room.member", bob.name, in: room)["join_authorised_via_users_server"]?.string == alice.name)
        // An invitation goes past the restriction.
        try await alice.invite(carol, to: room)
        try await carol.join(room)
        #expect(try await alice.state("m.room.member", carol.name, in: room)["join_authorised_via_users_server"] == nil)
    }

    @Test func `profiles go into member events`() async throws {
        let (alice, bob, _) = try await world()
        try await alice.world.setProfile(bob.user, name: "Bob B.", avatar: "mxc://here.example/bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        let member = try await alice.state("m.room.member", bob.name, in: room)
        #expect(member["displayname"]?.string == "Bob B.")
        #expect(try await alice.get("/rooms/\(room)/joined_members")["joined"]?[bob.name]?["avatar_url"]?.string == "mxc://here.example/bob")
    }

    @Test func `rooms that are not here are joined through others`() async throws {
        let (alice, _, _) = try await world()
        #expect(
            try await alice.post("/join/!far:there.example", [:], [("via", "a.example"), ("server_name", "b.example")])["room_id"]?.string
                == "!far:there.example")
        try await alice.post("/knock/!far:there.example", [:], [("via", "a.example")])
        #expect(
            alice.world.remote.memberships == [
                "join @alice:here.example !far:there.example via a.example,b.example,there.example",
                "knock @alice:here.example !far:there.example via a.example,there.example",
            ])
    }

    @Test func `guests join where guests may`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let guest = try await world.person("12", isGuest: true)
        let open = try await alice.createRoom([
            "preset": "public_chat", "initial_state": [["type": "m.room.guest_access", "content": ["guest_access": "can_join"]]],
        ])
        let closed = try await alice.createRoom(["preset": "public_chat"])
        try await guest.join(open)
        #expect(await failure { try await guest.join(closed) }?.code == .guestAccessForbidden)
    }
}

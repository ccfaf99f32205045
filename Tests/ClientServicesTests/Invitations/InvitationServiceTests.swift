import Database
import MatrixAPI
import MatrixModel
import Storage
import Testing

@testable import ClientServices

struct InvitationServiceTests {
    private static let base = "/_martlet/client/v1"

    private func make(_ person: Person, _ room: String, _ body: JSONValue = [:]) async throws -> String {
        let link = try await person.world.call(.user(person.caller), .post, "\(InvitationServiceTests.base)/rooms/\(room)/invites", body: body)
        return try #require(link["code"]?.string)
    }

    private func accept(_ person: Person, _ code: String) async throws -> JSON {
        try await person.world.call(.user(person.caller), .post, "\(InvitationServiceTests.base)/invites/\(code)/accept", body: [:])
    }

    private func facts(_ world: RoomWorld, _ code: String) async throws -> JSON {
        try await world.call(.anonymous(PublicCaller(address: "127.0.0.1")), .get, "\(InvitationServiceTests.base)/invites/\(code)")
    }

    private func uses(_ world: RoomWorld, _ code: String) async throws -> Int? {
        try await world.database.read { try InviteLinkStore($0).link(code)?.uses }
    }

    private func membership(_ person: Person, in room: String, seenBy other: Person) async throws -> String? {
        try await other.state("m.room.member", person.name, in: room)["membership"]?.string
    }

    @Test func `a link lets somebody into a private room in its creator's name`() async throws {
        let world = try await RoomWorld()
        let (alice, bob) = (try await world.person("alice"), try await world.person("bob"))
        let room = try await alice.createRoom(["preset": "private_chat", "name": "Tea"])
        let code = try await make(alice, room)
        let shown = try await facts(world, code)
        #expect(shown["name"]?.string == "Tea")
        #expect(shown["inviter"]?["user_id"]?.string == alice.name)
        let answer = try await accept(bob, code)
        #expect(answer["room_id"]?.string == room)
        let joined = try await membership(bob, in: room, seenBy: alice)
        #expect(joined == "join")
        let counted = try await uses(world, code)
        #expect(counted == 1)
    }

    @Test func `whoever takes no invites still comes in by a link that they took themselves`() async throws {
        let world = try await RoomWorld()
        let (alice, bob) = (try await world.person("alice"), try await world.person("bob"))
        let room = try await alice.createRoom(["preset": "private_chat"])
        let code = try await make(alice, room)
        try await world.setAccountData("m.invite_permission_config", ["default_action": "block"], of: bob.user)
        let blocked = await failure { try await alice.invite(bob, to: room) }
        #expect(blocked?.status == 403)
        _ = try await accept(bob, code)
        let joined = try await membership(bob, in: room, seenBy: alice)
        #expect(joined == "join")
    }

    @Test func `a use is counted for whoever was cut off between the count and the door, and not again`() async throws {
        let world = try await RoomWorld()
        let (alice, bob, carol) = (try await world.person("alice"), try await world.person("bob"), try await world.person("carol"))
        let room = try await alice.createRoom(["preset": "private_chat"])
        let code = try await make(alice, room, ["max_uses": 1])
        // The server ended right after the count was durable.
        let isClaimed = try await world.database.write { try InviteLinkStore($0).claim(code, for: bob.user, at: 1) }
        #expect(isClaimed)
        let refused = await failure { try await accept(carol, code) }
        #expect(refused == InvitationService.unknown)
        _ = try await accept(bob, code)
        let joined = try await membership(bob, in: room, seenBy: alice)
        #expect(joined == "join")
        let counted = try await uses(world, code)
        #expect(counted == 1)
        // What is settled is no way back.
        try await alice.post("/rooms/\(room)/kick", ["user_id": .string(bob.name)])
        let kicked = await failure { try await accept(bob, code) }
        #expect(kicked == InvitationService.unknown)
    }

    @Test func `side by side the last use lets one in`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom(["preset": "private_chat"])
        let code = try await make(alice, room, ["max_uses": 2])
        var people: [Person] = []
        for index in 0..<8 { people.append(try await world.person("visitor\(index)")) }
        let visitors = people
        let entered = try await withThrowingTaskGroup(of: Bool.self) { group in
            for visitor in visitors {
                group.addTask {
                    let error = await failure { try await accept(visitor, code) }
                    #expect(error == nil || error == InvitationService.unknown)
                    return error == nil
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(entered == 2)
        let members = try await alice.get("/rooms/\(room)/joined_members")["joined"]?.count
        #expect(members == 3)
    }

    @Test func `a link ends with its time`() async throws {
        let world = try await RoomWorld()
        let (alice, bob) = (try await world.person("alice"), try await world.person("bob"))
        let room = try await alice.createRoom(["preset": "private_chat"])
        let code = try await make(alice, room, ["expires_in_ms": 60_000])
        _ = try await facts(world, code)
        world.clock.advance(60_000)
        let gone = await failure { try await facts(world, code) }
        #expect(gone == InvitationService.unknown)
        let refused = await failure { try await accept(bob, code) }
        #expect(refused == InvitationService.unknown)
    }

    @Test func `a suspended creator invites nobody`() async throws {
        let world = try await RoomWorld()
        let (alice, bob) = (try await world.person("alice"), try await world.person("bob"))
        let room = try await alice.createRoom(["preset": "private_chat"])
        let code = try await make(alice, room)
        try await world.database.write { try AccountStore($0).setSuspended(true, of: alice.user) }
        let refused = await failure { try await accept(bob, code) }
        #expect(refused?.code == .forbidden)
        let counted = try await uses(world, code)
        #expect(counted == 0)
    }

    @Test func `a room has so many links and no more, ended ones aside`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom(["preset": "private_chat"])
        let number = try await world.database.read { try RoomStore($0).room(try #require(RoomID(room)))?.number } ?? 0
        let creator = alice.user
        try await world.database.write { transaction in
            for index in 0..<InvitationLimits.linksPerRoom {
                // Every second one is over.
                let link = InviteLink(
                    code: "link\(index)", room: number, creator: creator, created: 0, expires: index.isMultiple(of: 2) ? 1 : nil, maximumUses: nil)
                _ = try InviteLinkStore(transaction).add(link)
            }
        }
        for _ in 0..<InvitationLimits.linksPerRoom / 2 { _ = try await make(alice, room) }
        let refused = await failure { try await make(alice, room) }
        #expect(refused?.code == .resourceLimitExceeded)
    }

    @Test func `strangers learn of nothing that they could not come into`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let space = try await alice.createRoom(["preset": "private_chat", "creation_content": ["type": "m.space"]])
        let restricted: JSONValue = ["join_rule": "restricted", "allow": [["type": "m.room_membership", "room_id": .string(space)]]]
        for (name, rule) in [("open", restricted), ("closed", ["join_rule": "invite"])] {
            let channel = try await alice.createRoom([
                "preset": "private_chat", "name": .string(name),
                "initial_state": [["type": "m.room.join_rules", "state_key": "", "content": rule]],
            ])
            try await alice.setState("m.space.child", ["via": ["here.example"], "suggested": true], key: channel, in: space)
        }
        let shown = try await facts(world, try await make(alice, space))
        #expect(shown["channels"]?.value == ["open"])
    }

    @Test func `codes are of letters that are not mistaken, and the whole alphabet occurs`() async throws {
        let clock = TestClock(seed: 3)
        var seen: Set<Character> = []
        for _ in 0..<500 {
            let code = InviteCode.make(clock.environment)
            #expect(InviteCode.isPlausible(code))
            seen.formUnion(code)
        }
        #expect(seen.count == 58)
        #expect(seen.isDisjoint(with: "0OIl"))
        for text in ["", "short", "0OIl0OIl0O", "../../etcx", "123456789é"] { #expect(!InviteCode.isPlausible(text)) }
    }

    @Test func `a link begins with the operator's address, or else the client's`() {
        var settings = InvitationSettings()
        #expect(settings.url(of: "c", origin: "http://host:1") == "http://host:1/invite/c")
        #expect(settings.url(of: "c", origin: nil) == "/invite/c")
        settings.publicBaseURL = "https://example.org/"
        #expect(settings.url(of: "c", origin: "http://host:1") == "https://example.org/invite/c")
    }
}

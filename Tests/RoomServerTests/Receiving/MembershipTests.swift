import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

struct MembershipTests {
    @Test(arguments: RoomVersion.allCases) func `an invite from elsewhere, then the join`(version: RoomVersion) async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom(version, joinRule: "invite")
        let bob = two.user("bob")
        await #expect(throws: MatrixError.self) { try await world.join("bob", of: "two.example", room, via: "one.example") }
        try await world.invite("bob", of: "two.example", by: "alice", of: "one.example", to: room)
        #expect(try await two.membership(bob, room) == .invite)
        #expect(try await one.membership(bob, room) == .invite)
        #expect(try #require(try await two.rooms.snapshot(of: room)).isParticipating == false)
        #expect(two.feed.changes(after: 0)?.contains { $0.concerns(bob) } == true)
        let row = try await two.database.read { try MembershipStore($0).memberships(of: bob) }
        #expect(row.count == 1)
        #expect(row.first?.stripped != nil)
        try await world.join("bob", of: "two.example", room, via: "one.example")
        #expect(try await two.membership(bob, room) == .join)
        #expect(try await two.state(of: room) == one.state(of: room))
        try await two.say("thanks", as: "bob", in: room)
        try await world.deliver()
        #expect(try await one.bodies(room) == ["thanks"])
        for server in [one, two] { try await server.checkConsistency(room) }
    }

    @Test func `an invite that is declined is gone on both sides`() async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom(joinRule: "invite")
        let bob = two.user("bob")
        try await world.invite("bob", of: "two.example", by: "alice", of: "one.example", to: room)
        let left = try await world.enter("bob", .leave, of: "two.example", room, via: "one.example")
        try await two.rooms.recordOutOfBand(try world.received(left.event), strippedState: [], rules: left.event.rules)
        #expect(try await one.membership(bob, room) == .leave)
        #expect(try await two.membership(bob, room) == .leave)
        // Again invited, again declined, while the other server is away.
        try await world.invite("bob", of: "two.example", by: "alice", of: "one.example", to: room)
        let departure = try #require(try await two.rooms.departure(of: bob, from: room, content: ["reason": "no"]))
        try await two.rooms.recordOutOfBand(departure, strippedState: [], rules: departure.event.rules)
        #expect(try await two.membership(bob, room) == .leave)
        #expect(try await two.rooms.departure(of: bob, from: room, content: [:]) == nil)
    }

    @Test func `an invite while others of the server are in the room goes in by the graph`() async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom(joinRule: "public")
        try await world.join("bob", of: "two.example", room, via: "one.example")
        let invite = try await world.invite("carol", of: "two.example", by: "alice", of: "one.example", to: room)
        try await world.deliver()
        #expect(try await two.membership(two.user("carol"), room) == .invite)
        let stored = try #require(try await two.event(invite.id)?.event)
        #expect(EventSignatures.keyIDs(in: stored, of: two.name).count == 1)
        try await two.join("carol", room)
        try await world.deliver()
        #expect(try await one.membership(two.user("carol"), room) == .join)
        for server in [one, two] { try await server.checkConsistency(room) }
    }

    @Test func `knocks are taken in where the rules allow`() async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom(joinRule: "knock")
        let knock = try await world.enter("bob", .knock, of: "two.example", room, via: "one.example")
        try await two.rooms.recordOutOfBand(try world.received(knock.event), strippedState: [["type": "m.room.name"]], rules: knock.event.rules)
        #expect(try await one.membership(two.user("bob"), room) == .knock)
        #expect(try await two.membership(two.user("bob"), room) == .knock)
        try await world.invite("bob", of: "two.example", by: "alice", of: "one.example", to: room)
        try await world.join("bob", of: "two.example", room, via: "one.example")
        try await world.deliver()
        #expect(try await one.membership(two.user("bob"), room) == .join)
        let closed = try await one.makeRoom(joinRule: "invite")
        await #expect(throws: MatrixError.self) { try await world.enter("bob", .knock, of: "two.example", closed, via: "one.example") }
    }

    @Test(arguments: [RoomVersion.v8, .v9, .v10, .v11, .v12]) func `a restricted join is signed by who lets in`(version: RoomVersion) async throws {
        let world = try await World.make("one.example", "two.example", "three.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let space = try await one.makeRoom(version)
        let room = try await one.makeRoom(version)
        try await one.set(
            "m.room.join_rules", "",
            ["join_rule": "restricted", "allow": [["type": "m.room_membership", "room_id": .string(space.description)]]], in: room)
        await #expect(throws: MatrixError.self) { try await world.join("bob", of: "two.example", room, via: "one.example") }
        let join = try await world.join("bob", of: "two.example", room, via: "one.example", authorisedVia: one.user("alice"))
        let stored = try #require(try await one.event(join)?.event)
        #expect(EventSignatures.keyIDs(in: stored, of: one.name) == ["ed25519:t"])
        #expect(EventSignatures.required(for: stored) == [one.name, two.name])
        try await two.say("in", as: "bob", in: room)
        try await world.deliver()
        #expect(try await one.bodies(room) == ["in"])
        #expect(try await one.state(of: room) == two.state(of: room))
        // A local user of a member server is authorised by a local one.
        let event = NewEvent(
            type: "m.room.member", stateKey: one.user("dora").description, sender: one.user("dora"),
            content: ["membership": "join", "join_authorised_via_users_server": .string(one.user("alice").description)] as JSONValue)
        _ = try await one.rooms.append(event, to: room)
        try await world.deliver()
        #expect(try await two.membership(one.user("dora"), room) == .join)
    }

    @Test func `a membership made for another state is refused`() async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let room = try await one.makeRoom()
        try await one.member(world["two.example"].user("bob"), .ban, as: "alice", in: room)
        let error = await #expect(throws: MatrixError.self) { try await world.enter("bob", .join, of: "two.example", room, via: "one.example") }
        #expect(error?.status == 403)
    }

    @Test func `a join that the told state does not allow is not taken`() async throws {
        let world = try await World.make("one.example", "two.example")
        let one = world["one.example"]
        let two = world["two.example"]
        let room = try await one.makeRoom()
        let accepted = try await world.enter("bob", .join, of: "two.example", room, via: "one.example")
        let withoutRules = accepted.state.filter { $0.type != "m.room.join_rules" }
        await #expect(throws: MatrixError.self) {
            try await two.rooms.importJoin(
                rules: accepted.event.rules, join: .trusted(accepted.event), state: withoutRules.map { .trusted($0) },
                authChain: accepted.authChain.map { .trusted($0) })
        }
        #expect(try #require(try await two.rooms.snapshot(of: room)).isParticipating == false)
        let withoutCreate = accepted.state.filter { $0.type != "m.room.create" }
        await #expect(throws: MatrixError.self) {
            try await two.rooms.importJoin(
                rules: accepted.event.rules, join: .trusted(accepted.event), state: withoutCreate.map { .trusted($0) }, authChain: [])
        }
        _ = try await two.rooms.importJoin(
            rules: accepted.event.rules, join: .trusted(accepted.event), state: accepted.state.map { .trusted($0) },
            authChain: accepted.authChain.map { .trusted($0) })
        #expect(try await two.state(of: room) == one.state(of: room))
    }
}

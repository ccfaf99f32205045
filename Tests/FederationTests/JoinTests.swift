import Federation
import MatrixAPI
import MatrixModel
import RoomGraph
import RoomServer
import Testing

@Suite(.timeLimit(.minutes(2))) struct JoinTests {
    let network = MemoryNetwork()
    let clock = VirtualClock()

    private func pair() async throws -> (TestServer, TestServer) {
        (
            try await TestServer("alpha.test", on: network, clock: clock, seed: 1),
            try await TestServer("beta.test", on: network, clock: clock, seed: 2)
        )
    }

    @Test(arguments: [RoomVersion.v1, .v3, .v6, .v9, .v10, .v11, .v12])
    func `a user of another server joins a public room and both have its state`(version: RoomVersion) async throws {
        let (alpha, beta) = try await pair()
        let room = try await alpha.makeRoom(by: "ann", version: version)
        try await alpha.say("before", in: room, as: "ann")
        try await beta.join(room, as: "bob", via: alpha.name)

        #expect(try await alpha.membership(of: beta.user("bob"), in: room) == .join)
        #expect(try await beta.membership(of: beta.user("bob"), in: room) == .join)
        #expect(try await beta.membership(of: alpha.user("ann"), in: room) == .join)
        let here = try await alpha.rooms.snapshot(of: room)
        let there = try await beta.rooms.snapshot(of: room)
        #expect(here?.servers == [alpha.name, beta.name])
        #expect(there?.servers == [alpha.name, beta.name])
        #expect(try await state(of: alpha, room) == state(of: beta, room))
    }

    private func state(of server: TestServer, _ room: RoomID) async throws -> [EventID] {
        guard let snapshot = try await server.rooms.snapshot(of: room) else { return [] }
        return try await server.rooms.events(of: snapshot.state).map(\.id).sorted()
    }

    @Test func `a join of a private room is refused with the resident server's words`() async throws {
        let (alpha, beta) = try await pair()
        let room = try await alpha.makeRoom(by: "ann", joinRule: ["join_rule": "invite"])
        let error = await #expect(throws: MatrixError.self) { try await beta.join(room, as: "bob", via: alpha.name) }
        #expect(error?.status == 403)
        #expect(error?.code == .forbidden)
    }

    @Test func `a join through a server that is down is taken by the next`() async throws {
        let (alpha, beta) = try await pair()
        let room = try await alpha.makeRoom(by: "ann")
        try await beta.join(room, as: "bob", via: server("gone.test"), alpha.name)
        #expect(try await alpha.membership(of: beta.user("bob"), in: room) == .join)
    }

    @Test func `an invited user of another server learns of the room and joins it`() async throws {
        let (alpha, beta) = try await pair()
        try await beta.addAccount("bob")
        let room = try await alpha.makeRoom(by: "ann", joinRule: ["join_rule": "invite"], version: .v12)
        try await alpha.services.changes.invite(beta.user("bob"), to: room, by: alpha.user("ann"), content: [:])
        #expect(try await beta.membership(of: beta.user("bob"), in: room) == .invite)
        let invite = try #require(try await alpha.rooms.stateEvent(.member(beta.user("bob")), in: room))
        #expect(EventSignatures.keyIDs(in: invite, of: beta.name) == [beta.key.keyID])
        try await beta.join(room, as: "bob", via: alpha.name)
        #expect(try await alpha.membership(of: beta.user("bob"), in: room) == .join)
        #expect(try await beta.membership(of: beta.user("bob"), in: room) == .join)
    }

    @Test func `an invite that the other server refuses never enters the room`() async throws {
        let (alpha, beta) = try await pair()
        let room = try await alpha.makeRoom(by: "ann", joinRule: ["join_rule": "invite"])
        let error = await #expect(throws: MatrixError.self) {
            try await alpha.services.changes.invite(beta.user("nobody"), to: room, by: alpha.user("ann"), content: [:])
        }
        #expect(error?.status == 404)
        #expect(try await alpha.membership(of: beta.user("nobody"), in: room) == nil)
    }

    @Test func `a rejected invite ends on both servers`() async throws {
        let (alpha, beta) = try await pair()
        try await beta.addAccount("bob")
        let room = try await alpha.makeRoom(by: "ann", joinRule: ["join_rule": "invite"])
        try await alpha.services.changes.invite(beta.user("bob"), to: room, by: alpha.user("ann"), content: [:])
        try await beta.services.changes.change(.leave, of: beta.user("bob"), in: room, via: [alpha.name], content: ["reason": "no"])
        #expect(try await alpha.membership(of: beta.user("bob"), in: room) == .leave)
        #expect(try await beta.membership(of: beta.user("bob"), in: room) == .leave)
    }

    @Test func `a knock reaches the room and the knocker sees what it is`() async throws {
        let (alpha, beta) = try await pair()
        let room = try await alpha.makeRoom(
            by: "ann", joinRule: ["join_rule": "knock"], extra: [.init(type: "m.room.name", content: ["name": "Club"])])
        try await beta.services.changes.change(.knock, of: beta.user("bob"), in: room, via: [alpha.name], content: [:])
        #expect(try await alpha.membership(of: beta.user("bob"), in: room) == .knock)
        #expect(try await beta.membership(of: beta.user("bob"), in: room) == .knock)
    }

    @Test func `a member of the right room joins a restricted one, and a stranger does not`() async throws {
        let (alpha, beta) = try await pair()
        let space = try await alpha.makeRoom(by: "ann")
        let room = try await alpha.makeRoom(
            by: "ann",
            joinRule: [
                "join_rule": "restricted", "allow": [["type": "m.room_membership", "room_id": .string(space.description)]],
            ])
        try await beta.join(space, as: "bob", via: alpha.name)
        try await beta.join(room, as: "bob", via: alpha.name)
        let join = try await beta.rooms.stateEvent(.member(beta.user("bob")), in: room)
        #expect(join?.content["join_authorised_via_users_server"]?.string == alpha.user("ann").description)
        #expect(join.map { EventSignatures.keyIDs(in: $0, of: alpha.name) } == [alpha.key.keyID])

        let error = await #expect(throws: MatrixError.self) { try await beta.join(room, as: "eve", via: alpha.name) }
        #expect(error?.code == .forbidden)
    }

    @Test func `a forged restricted join is not vouched for`() async throws {
        let (alpha, beta) = try await pair()
        let space = try await alpha.makeRoom(by: "ann")
        let room = try await alpha.makeRoom(
            by: "ann",
            joinRule: [
                "join_rule": "restricted", "allow": [["type": "m.room_membership", "room_id": .string(space.description)]],
            ])
        // Eve's server skips make_join and writes the vouching itself.
        let snapshot = try #require(try await alpha.rooms.snapshot(of: room))
        let auth = try await alpha.rooms.stateEvents([.create, .powerLevels, .joinRules, .member(alpha.user("ann"))], in: room)
        let draft = EventDraft(
            roomID: room, type: "m.room.member", stateKey: beta.user("eve").description, sender: beta.user("eve"),
            content: ["membership": "join", "join_authorised_via_users_server": .string(alpha.user("ann").description)],
            originServerTS: clock.now, depth: 20, prevEvents: snapshot.extremities.map(\.id), authEvents: auth.values.map(\.id).sorted())
        let event = try draft.signed(by: beta.name, with: beta.key, rules: snapshot.rules)
        let error = await #expect(throws: FederationError.self) {
            _ = try await beta.put("/_matrix/federation/v2/send_join/\(room)/\(event.id)", event.json.value, to: alpha.name)
        }
        #expect(error?.matrixError.code == .forbidden)
        #expect(try await alpha.membership(of: beta.user("eve"), in: room) == nil)
    }

    @Test func `an unknown room version is refused with the room's version`() async throws {
        let (alpha, beta) = try await pair()
        let room = try await alpha.makeRoom(by: "ann", version: .v11)
        let error = await #expect(throws: FederationError.self) {
            _ = try await beta.get("/_matrix/federation/v1/make_join/\(room)/\(beta.user("bob"))?ver=1&ver=2", from: alpha.name)
        }
        #expect(error?.matrixError.code == .incompatibleRoomVersion)
        #expect(error?.matrixError.status == 400)
    }

    @Test func `a server that the room's ACL keeps out cannot join`() async throws {
        let (alpha, beta) = try await pair()
        let room = try await alpha.makeRoom(
            by: "ann", extra: [.init(type: "m.room.server_acl", content: ["allow": ["*"], "deny": ["beta.test"]])])
        let error = await #expect(throws: MatrixError.self) { try await beta.join(room, as: "bob", via: alpha.name) }
        #expect(error?.code == .forbidden)
    }

    @Test func `aliases, profiles and versions are answered`() async throws {
        let (alpha, beta) = try await pair()
        try await alpha.addAccount("ann")
        let missing = try await beta.services.queries.resolve(try #require(RoomAlias("#none:alpha.test")))
        #expect(missing == nil)
        #expect(try await beta.services.queries.profile(of: alpha.user("ann"))?.isObject == true)
        #expect(try await beta.services.queries.profile(of: alpha.user("nobody")) == nil)
        let version = try await beta.get("/_matrix/federation/v1/version", from: alpha.name)
        #expect(version["server"]?["name"]?.string == "Martlet")
    }
}

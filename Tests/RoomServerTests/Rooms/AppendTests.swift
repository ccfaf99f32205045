import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

struct AppendTests {
    @Test(arguments: RoomVersion.allCases) func `messages, state, members and redactions go in and come out`(version: RoomVersion) async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom(version)
        let hello = try await server.say("hello", in: room)
        let topic = try await server.set("m.room.topic", "", ["topic": "tests"], in: room)
        try await server.join("bob", room)
        let reply = try await server.say("hi", as: "bob", in: room)
        let redaction = try await server.redact(reply.id, as: "bob", in: room)

        #expect(try await server.bodies(room) == ["hello"])
        #expect(try await server.state(of: room)[.topic] == topic.id)
        #expect(try await server.membership(server.user("bob"), room) == .join)
        let cutDown = try #require(try await server.event(reply.id))
        #expect(cutDown.flags.contains(.redacted))
        #expect(cutDown.redaction == (try await server.event(redaction.id))?.number)
        #expect(cutDown.event.content["body"] == nil)
        let stored = try #require(try await server.event(redaction.id)?.event)
        #expect(stored.redacts == reply.id)
        #expect((stored.json["redacts"] != nil) == !version.rules.redactsInContent)
        let original = try #require(try await server.event(hello.id))
        #expect(ContentHash.matches(original.event))
        try await server.checkConsistency(room)
    }

    @Test func `state that is set to what it is gives the event that is there`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        let first = try await server.set("m.room.name", "", ["name": "x"], in: room)
        let again = try await server.set("m.room.name", "", ["name": "x"], in: room)
        #expect(again.id == first.id)
        #expect(again.event == nil)
        let other = try await server.set("m.room.name", "", ["name": "y"], in: room)
        #expect(other.id != first.id)
        let rejoin = try await server.join("bob", room)
        #expect(try await server.join("bob", room).id == rejoin.id)
    }

    @Test func `who is not in the room may not send`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        let error = await #expect(throws: MatrixError.self) { try await server.say("x", as: "bob", in: room) }
        #expect(error?.status == 403)
        #expect(error?.code == .forbidden)
        let head = try await server.database.read { try Positions.head($0) }
        #expect(head == 5)
    }

    @Test func `a room that is not known gives 404`() async throws {
        let server = try await TestServer()
        let room = try #require(RoomID("!nowhere:one.example"))
        let error = await #expect(throws: MatrixError.self) { try await server.say("x", in: room) }
        #expect(error?.status == 404)
    }

    @Test func `an event over the size limit gives 413`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        let error = await #expect(throws: MatrixError.self) {
            try await server.say(String(repeating: "x", count: 66_000), in: room)
        }
        #expect(error?.status == 413)
        let long = await #expect(throws: MatrixError.self) {
            try await server.set("m.room.topic", String(repeating: "k", count: 256), [:], in: room)
        }
        #expect(long?.status == 413)
        #expect(try await server.say("still works", in: room).event != nil)
    }

    @Test func `powers are kept`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        try await server.join("bob", room)
        for attempt in [
            NewEvent(type: "m.room.topic", stateKey: "", sender: server.user("bob"), content: ["topic": "b"] as JSONValue),
            NewEvent(
                type: "m.room.member", stateKey: server.user("alice").description, sender: server.user("bob"),
                content: ["membership": "ban"] as JSONValue),
            NewEvent(
                type: "m.room.redaction", sender: server.user("bob"), content: [:] as JSONValue, redacts: try await server.say("a", in: room).id),
        ] {
            let error = await #expect(throws: MatrixError.self) { try await server.rooms.append(attempt, to: room) }
            #expect(error?.status == 403)
        }
    }

    @Test func `a redaction of what is not in the room gives 404`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        let other = try await server.makeRoom()
        let elsewhere = try await server.say("there", in: other)
        let error = await #expect(throws: MatrixError.self) { try await server.redact(elsewhere.id, in: room) }
        #expect(error?.status == 404)
        #expect(try await server.bodies(other) == ["there"])
    }

    @Test func `memberships follow the state`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom(joinRule: "invite")
        let bob = server.user("bob")
        await #expect(throws: MatrixError.self) { try await server.join("bob", room) }
        try await server.member(bob, .invite, as: "alice", in: room)
        #expect(try await server.membership(bob, room) == .invite)
        try await server.join("bob", room)
        let joined = try #require(try await server.rooms.snapshot(of: room))
        #expect(joined.localMembers == [server.user("alice"), bob])
        #expect(joined.serverMembers == [server.name: 2])
        try await server.member(bob, .leave, as: "alice", in: room)
        #expect(try await server.membership(bob, room) == .leave)
        try await server.member(bob, .ban, as: "alice", in: room)
        await #expect(throws: MatrixError.self) { try await server.member(bob, .invite, as: "alice", in: room) }
        try await server.member(bob, .leave, as: "alice", in: room)
        #expect(try #require(try await server.rooms.snapshot(of: room)).localMembers == [server.user("alice")])
        try await server.checkConsistency(room)
    }

    @Test func `the last member may leave and come back to a public room`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        try await server.member(server.user("alice"), .leave, as: "alice", in: room)
        try await server.checkConsistency(room)
        try await server.join("bob", room)
        try await server.say("anyone?", as: "bob", in: room)
        #expect(try await server.bodies(room) == ["anyone?"])
        try await server.checkConsistency(room)
    }
}

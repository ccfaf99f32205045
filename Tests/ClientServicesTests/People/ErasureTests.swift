import Database
import Logging
import MatrixAPI
import MatrixModel
import RoomServer
import Storage
import Testing

@testable import ClientServices

struct ErasureTests {
    /// A world in which alice has asked to be forgotten, after bob came into her room and before carol did.
    private func scene() async throws -> (early: Person, late: Person, room: String, event: String) {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let carol = try await world.person("carol")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        let event = try await alice.say("secret words", in: room)
        let position = try await world.database.write { transaction in
            let position = try Positions.head(transaction)
            try ErasureStore(transaction).add(alice.user, at: position)
            return position
        }
        world.rooms.erasures.note(alice.user, at: position)
        try await carol.join(room)
        return (bob, carol, room, event)
    }

    @Test func `whoever was there before an erasure sees what was said`() async throws {
        let scene = try await scene()
        let event = try await scene.early.get("/rooms/\(scene.room)/event/\(scene.event)")
        #expect(event["content"]?["body"]?.string == "secret words")
    }

    @Test func `whoever comes after an erasure sees redacted copies`() async throws {
        let scene = try await scene()
        let event = try await scene.late.get("/rooms/\(scene.room)/event/\(scene.event)")
        #expect(event["event_id"]?.string == scene.event)
        #expect(event["content"]?["body"] == nil)
        let page = try await scene.late.get("/rooms/\(scene.room)/messages", [("dir", "b"), ("limit", "100")])
        let found = page["chunk"]?.elements.first { $0["event_id"]?.string == scene.event }
        #expect(found != nil)
        #expect(found?["content"]?["body"] == nil)
        let sync = try await scene.late.sync(since: nil, [("filter", #"{"room":{"timeline":{"limit":100}}}"#)])
        let events = sync["rooms"]?["join"]?[scene.room]?["timeline"]?["events"]?.elements.map { $0 } ?? []
        #expect(events.contains { $0["event_id"]?.string == scene.event })
        #expect(!events.contains { $0["content"]?["body"]?.string == "secret words" })
    }

    @Test func `an erasure outlives a restart`() async throws {
        let scene = try await scene()
        let world = try await scene.late.world.restarted()
        let event = try await Person(world: world, caller: scene.late.caller).get("/rooms/\(scene.room)/event/\(scene.event)")
        #expect(event["content"]?["body"] == nil)
    }
}

struct OwnMembershipsTests {
    @Test func `a profile change in many rooms is done beside the request, and after a crash`() async throws {
        let server = try await AccountTestServer()
        let token = try await server.register("alice")
        let alice = try #require(UserID("@alice:test"))
        var ids: [RoomID] = []
        for _ in 0..<20 {
            ids.append(
                try await server.rooms.create(
                    RoomCreation(creator: alice, version: .v10, creationContent: [:], creatorProfile: [:], events: [])))
        }
        func names() async throws -> Set<String?> {
            var names: Set<String?> = []
            for id in ids { names.insert(try await server.rooms.stateEvent(.member(alice), in: id)?.content["displayname"]?.string) }
            return names
        }
        try await server.ok(.put, "/_matrix/client/v3/profile/@alice:test/displayname", ["displayname": "Alice"], as: token)
        let before = try await names()
        #expect(before == [nil])
        // What a process that starts anew finds.
        let restarted = OwnMemberships(rooms: server.rooms, remote: .unreachable, logger: Logger(label: "test"))
        await restarted.attendToAll()
        let after = try await names()
        #expect(after == ["Alice"])
        let left = try await server.database.read { try MembershipErrandStore($0).errands(limit: 10) }
        #expect(left.isEmpty)
    }

    @Test func `a change in a few rooms is there when the request is answered`() async throws {
        let server = try await AccountTestServer()
        let token = try await server.register("alice")
        let alice = try #require(UserID("@alice:test"))
        let room = try await server.rooms.create(
            RoomCreation(creator: alice, version: .v10, creationContent: [:], creatorProfile: [:], events: []))
        try await server.ok(.put, "/_matrix/client/v3/profile/@alice:test/displayname", ["displayname": "Alice"], as: token)
        let name = try await server.rooms.stateEvent(.member(alice), in: room)?.content["displayname"]?.string
        #expect(name == "Alice")
        let left = try await server.database.read { try MembershipErrandStore($0).errands(limit: 10) }
        #expect(left.isEmpty)
    }

    @Test func `an errand that began anew is not ended by what went before`() async throws {
        let server = try await AccountTestServer()
        _ = try await server.register("alice")
        let alice = try #require(UserID("@alice:test"))
        try await server.database.write { transaction in
            let store = MembershipErrandStore(transaction)
            try store.add(.announce, of: alice)
            let first = try #require(try store.errand(of: alice))
            try store.advance(first, through: 5)
            #expect(try store.errand(of: alice)?.afterRoom == 5)
            try store.add(.depart, of: alice)
            try store.finish(first)
            try store.add(.announce, of: alice)
            let last = try #require(try store.errand(of: alice))
            #expect(last.kind == .depart)
            #expect(last.afterRoom == 0)
            try store.finish(last)
            #expect(try store.errand(of: alice) == nil)
        }
    }
}

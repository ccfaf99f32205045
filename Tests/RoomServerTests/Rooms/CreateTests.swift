import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

struct CreateTests {
    @Test(arguments: RoomVersion.allCases) func `a new room has its first events in order`(version: RoomVersion) async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom(version)
        let events = try await server.timeline(room)
        #expect(
            events.map(\.type) == [
                "m.room.create", "m.room.member", "m.room.power_levels", "m.room.join_rules", "m.room.history_visibility",
            ])
        #expect(events.map(\.depth) == [1, 2, 3, 4, 5])
        for (event, next) in zip(events, events.dropFirst()) { #expect(next.prevEvents == [event.id]) }
        #expect(events.allSatisfy { $0.roomID == room })
        #expect(events[0].content["room_version"]?.string == version.rawValue)
        #expect((events[0].content["creator"] != nil) == !version.rules.implicitRoomCreator)
        #expect((room.server == nil) == version.rules.roomIDIsCreateHash)
        #expect(events.dropFirst().allSatisfy { $0.authEvents.contains(events[0].id) == version.rules.createEventInAuthEvents })
        for event in events {
            let parsed = try PDU.parse(try JSON.parse(Array(event.json.rawBytes)), rules: version.rules)
            #expect(parsed.id == event.id)
            #expect(ContentHash.matches(parsed))
        }
        try await server.checkConsistency(room)
    }

    @Test func `two rooms made at the same moment are two rooms`() async throws {
        let server = try await TestServer()
        var rooms: Set<RoomID> = []
        for _ in 0..<5 { rooms.insert(try await server.makeRoom(.v12)) }
        let more = try await withThrowingTaskGroup(of: RoomID.self) { group in
            for _ in 0..<20 { group.addTask { try await server.makeRoom(.v12) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(rooms.union(more).count == 25)
    }

    @Test func `a creation that the rules refuse makes no room`() async throws {
        let server = try await TestServer()
        let creation = RoomCreation(
            creator: server.user("alice"), version: .v11, creationContent: [:], creatorProfile: [:],
            events: [.init(type: "m.room.member", stateKey: "@bob:one.example", content: ["membership": "join"])])
        await #expect(throws: MatrixError.self) { try await server.rooms.create(creation) }
        #expect(try await server.database.read { try EventStore($0).largestNumber() } == 0)
    }

    @Test func `invites of a creation reach the invited`() async throws {
        let server = try await TestServer()
        let bob = server.user("bob")
        let room = try await server.rooms.create(
            RoomCreation(
                creator: server.user("alice"), version: .v12, creationContent: ["m.federate": false], creatorProfile: [:],
                events: [.init(type: "m.room.member", stateKey: bob.description, content: ["membership": "invite"])]))
        #expect(try await server.membership(bob, room) == .invite)
        let change = try #require(server.feed.changes(after: 0)?.last)
        #expect(change.concerns(bob))
        #expect(change.concerns(server.user("alice")))
        #expect(!change.concerns(server.user("carol")))
    }
}

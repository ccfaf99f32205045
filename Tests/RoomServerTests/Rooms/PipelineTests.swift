import Database
import MatrixModel
import RoomServer
import Storage
import Testing

struct PipelineTests {
    @Test func `concurrent sends make one line, each durable`() async throws {
        let folder = try TemporaryFolder()
        let server = try await TestServer(database: try Database.open(path: folder.databasePath))
        let room = try await server.makeRoom()
        let events = try await withThrowingTaskGroup(of: CommittedEvent.self) { group in
            for index in 0..<200 { group.addTask { try await server.say("\(index)", in: room) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let line = events.sorted { $0.position < $1.position }
        #expect(line.map(\.position) == Array(6...205))
        for (event, next) in zip(line, line.dropFirst()) {
            #expect(next.event?.prevEvents == [event.id])
            #expect(next.event?.depth == (event.event?.depth ?? 0) + 1)
        }
        #expect(try await server.timeline(room).suffix(200).map(\.id) == line.map(\.id))
        try await server.checkConsistency(room)
        server.database.close()

        let reopened = try await TestServer(seed: 3, database: try Database.open(path: folder.databasePath))
        #expect(try await reopened.timeline(room).suffix(200).map(\.id) == line.map(\.id))
        let next = try await reopened.say("on", in: room)
        #expect(next.position == 206)
        #expect(next.event?.prevEvents == [line[199].id])
    }

    @Test func `many rooms at once have one order without gaps`() async throws {
        let server = try await TestServer()
        var rooms: [RoomID] = []
        for _ in 0..<5 { rooms.append(try await server.makeRoom()) }
        let start = try await server.database.read { try Positions.head($0) }
        let chosen = rooms
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<100 { group.addTask { try await server.say("\(index)", in: chosen[index % 5]) } }
            try await group.waitForAll()
        }
        let changes = try #require(server.feed.changes(after: start))
        #expect(changes.map(\.position) == Array((start + 1)...(start + 100)))
        for room in rooms { try await server.checkConsistency(room) }
    }

    @Test func `state and messages at once keep the room whole`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom(levels: ["state_default": 0])
        for index in 0..<8 { try await server.join("u\(index)", room) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<80 {
                group.addTask {
                    if index % 2 == 0 {
                        try await server.say("\(index)", as: "u\(index % 8)", in: room)
                    } else {
                        try await server.set("m.test", "\(index % 5)", ["value": .integer(index)], as: "u\(index % 8)", in: room)
                    }
                }
            }
            try await group.waitForAll()
        }
        try await server.checkConsistency(room)
        let snapshot = try #require(try await server.rooms.snapshot(of: room))
        #expect(snapshot.extremities.count == 1)
    }

    @Test func `a commit that fails takes nothing else with it`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        try await server.database.write {
            _ = try $0.execute(
                """
                CREATE TRIGGER refuse BEFORE INSERT ON events WHEN instr(CAST(NEW.json AS TEXT), 'poison') > 0
                BEGIN SELECT RAISE(ABORT, 'refused'); END
                """)
        }
        let failures = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<60 {
                group.addTask {
                    do {
                        if index % 20 == 7 {
                            try await server.set("m.test", "poison", ["value": .integer(index)], in: room)
                        } else if index % 2 == 0 {
                            try await server.say("\(index)", in: room)
                        } else {
                            try await server.set("m.test", "\(index)", ["value": .integer(index)], in: room)
                        }
                        return false
                    } catch {
                        return true
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(failures == 3)
        let events = try await server.timeline(room)
        #expect(events.count == 5 + 57)
        for (event, next) in zip(events, events.dropFirst()) { #expect(next.prevEvents == [event.id]) }
        try await server.checkConsistency(room)
    }

    @Test func `a room that another process changed is read anew`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<60 {
                group.addTask {
                    if index == 20 {
                        try await server.database.write { _ = try $0.execute("UPDATE rooms SET revision = revision + 5") }
                    } else {
                        try await server.set("m.test", "\(index % 7)", ["value": .integer(index)], in: room)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await server.timeline(room).count == 5 + 59)
        try await server.checkConsistency(room)
    }
}

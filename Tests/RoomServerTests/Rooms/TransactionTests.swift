import Database
import MatrixModel
import RoomServer
import Storage
import Testing

struct TransactionTests {
    @Test func `the same transaction gives the same event`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        let first = try await server.say("once", in: room, transaction: "t1")
        let again = try await server.say("once", in: room, transaction: "t1")
        #expect(again.id == first.id)
        #expect(try await server.say("once", in: room, transaction: "t2").id != first.id)
        #expect(try await server.bodies(room) == ["once", "once"])
    }

    @Test func `requests at once with the same transaction make one event`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        let ids = try await withThrowingTaskGroup(of: EventID.self) { group in
            for index in 0..<60 { group.addTask { try await server.say("t\(index % 3)", in: room, transaction: "t\(index % 3)").id } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 3)
        #expect(try await server.bodies(room).sorted() == ["t0", "t1", "t2"])
        try await server.checkConsistency(room)
    }

    @Test func `a restart remembers transactions`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        let first = try await server.say("once", in: room, transaction: "t1")
        let restarted = try await TestServer(seed: 5, database: server.database)
        let outcome = try await withThrowingTaskGroup(of: CommittedEvent.self) { group in
            for index in 0..<40 {
                group.addTask {
                    index % 4 == 0
                        ? try await restarted.say("once", in: room, transaction: "t1")
                        : try await restarted.say("other \(index)", in: room, transaction: "other \(index)")
                }
            }
            return try await group.reduce(into: [EventID: Int]()) { $0[$1.id, default: 0] += 1 }
        }
        #expect(outcome[first.id] == 10)
        #expect(outcome.count == 31)
        #expect(try await restarted.timeline(room).count == 5 + 31)
        try await restarted.checkConsistency(room)
    }

    @Test func `a transaction that was refused may be tried again`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        await #expect(throws: MatrixError.self) { try await server.say("early", as: "bob", in: room, transaction: "t") }
        try await server.join("bob", room)
        #expect(try await server.say("late", as: "bob", in: room, transaction: "t").event != nil)
    }
}

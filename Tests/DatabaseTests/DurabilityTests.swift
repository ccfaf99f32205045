import Database
import Glibc
import Testing

struct DurabilityTests {
    @Test func `what was acknowledged outlives a killed process`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.databasePath
        _ = try await Database.open(path: path).withNotes()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let database = try Database.open(path: path)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        try await database.write { _ = try $0.execute("INSERT INTO notes (text) VALUES (\("acknowledged \(number)"))") }
                    }
                }
                try await group.waitForAll()
            }
            for number in 0..<100 { database.submit { try $0.execute("INSERT INTO notes (text) VALUES (\("in flight \(number)"))") } }
            kill(getpid(), SIGKILL)
        }
        let reopened = try Database.open(path: path)
        let notes = try await reopened.notes()
        let acknowledged = Set((0..<100).map { "acknowledged \($0)" })
        #expect(acknowledged.isSubset(of: notes))
        // What was in flight is there from the front without a gap, or not at all.
        let inFlight = notes.filter { $0.hasPrefix("in flight") }
        #expect(inFlight == (0..<inFlight.count).map { "in flight \($0)" })
        #expect(try await reopened.read { try $0.first("PRAGMA integrity_check")?.text(0) } == "ok")
    }
}

import Database
import Glibc

/// Measures writes of 1 KB rows at several degrees of concurrency, and reads of them.
@main struct DatabaseBenchmark {
    static func main() async throws {
        let folder = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "/tmp"
        let path = folder + "/martlet-database-bench-\(getpid()).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
        let database = try Database.open(path: path)
        print("resident after opening: \(residentMegabytes()) MB")
        try await database.write { transaction in
            try transaction.execute(
                "CREATE TABLE events (event INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, room INTEGER NOT NULL, json BLOB NOT NULL)")
            try transaction.execute("CREATE INDEX events_room ON events (room, event)")
        }
        try await writes(database)
        try await reads(database)
        print("resident at the end: \(residentMegabytes()) MB")
        database.close()
    }

    private static let body = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000)
    nonisolated(unsafe) private static var written = 0

    private static func writes(_ database: Database) async throws {
        for tasks in [1, 16, 128] {
            let perTask = tasks == 1 ? 3_000 : 20_000 / tasks
            let before = database.statistics
            try await Meter.report("write, \(tasks) tasks", count: tasks * perTask) {
                let first = written
                written += tasks * perTask
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for task in 0..<tasks {
                        group.addTask {
                            for number in 0..<perTask { try await insert(first + task * perTask + number, database) }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let after = database.statistics
            print("    writes in a transaction: \((after.writes - before.writes) / max(1, after.transactions - before.transactions))")
        }
        try await Meter.report("insert within one body", count: 20_000) {
            let first = written
            written += 20_000
            try await database.write { transaction in
                for number in first..<first + 20_000 { try insert(number, transaction) }
            }
        }
    }

    private static func reads(_ database: Database) async throws {
        let count = written
        for tasks in [1, 16, 128] {
            let perTask = 20_000 / tasks
            try await Meter.report("point read, \(tasks) tasks", count: tasks * perTask) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for task in 0..<tasks {
                        group.addTask {
                            for number in 0..<perTask {
                                let id = (task * perTask + number) * 7_919 % count
                                _ = try await database.read { try $0.first("SELECT event, json FROM events WHERE event_id = \(name(id))")?.int(0) }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
        try await Meter.report("point read within one body (Row)", count: 20_000) {
            try await database.read { transaction in
                for number in 0..<20_000 {
                    _ = try transaction.first("SELECT event, json FROM events WHERE event_id = \(name(number * 7_919 % count))")?.blob(1)
                }
            }
        }
        try await Meter.report("point read within one body (cursor)", count: 20_000) {
            try await database.read { transaction in
                for number in 0..<20_000 {
                    _ = try transaction.first("SELECT event, json FROM events WHERE event_id = \(name(number * 7_919 % count))") { $0.blob(1) }
                }
            }
        }
        try await Meter.report("row of a page of 50 (rows)", count: 20_000) {
            try await database.read { transaction in
                for page in 0..<400 {
                    let rows = try transaction.rows("SELECT event, json FROM events WHERE room = \(page % 50) ORDER BY event DESC LIMIT 50")
                    for row in rows { _ = row.blob(1) }
                }
            }
        }
        try await Meter.report("row of a page of 50 (cursor)", count: 20_000) {
            try await database.read { transaction in
                for page in 0..<400 {
                    try transaction.forEach("SELECT event, json FROM events WHERE room = \(page % 50) ORDER BY event DESC LIMIT 50") { row in
                        _ = row.blob(1)
                    }
                }
            }
        }
    }

    private static func insert(_ number: Int, _ database: Database) async throws {
        try await database.write { try insert(number, $0) }
    }

    private static func insert(_ number: Int, _ transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO events (event_id, room, json) VALUES (\(name(number)), \(number % 50), \(body))")
    }

    private static func name(_ number: Int) -> String {
        "$\(UInt64(number) &* 0x9e37_79b9_7f4a_7c15):example.org"
    }
}

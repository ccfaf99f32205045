import Database
import MatrixModel

/// Durable sends, one after the other and many at once.
enum AppendBenchmark {
    static func run(_ folder: String) async throws {
        let server = try await BenchmarkServer("append.example", folder: folder)
        let room = try await server.makeRoom()
        for index in 0..<500 { _ = try await server.say("warm up \(index)", room) }
        let size = server.fileBytes
        try await measure(server, [room], senders: 1, count: 3_000)
        try await measure(server, [room], senders: 64, count: 20_000)
        var rooms: [RoomID] = []
        for _ in 0..<64 { rooms.append(try await server.makeRoom()) }
        try await measure(server, rooms, senders: 64, count: 20_000)
        print("disk: \((server.fileBytes - size) * 10 / 43_000 / 10) bytes an event, \(Meter.residentKibibytes() / 1024) MiB resident")
        server.database.close()
    }

    private static func measure(_ server: BenchmarkServer, _ rooms: [RoomID], senders: Int, count: Int) async throws {
        let before = server.database.statistics
        let meter = Meter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<senders {
                group.addTask {
                    for index in 0..<(count / senders) {
                        _ = try await server.say(
                            "message \(index) of the sender \(sender), of a usual length", rooms[sender % rooms.count],
                            transaction: index * senders + sender + senders * 1_000_000 + rooms.count * 100_000_000)
                    }
                }
            }
            try await group.waitForAll()
        }
        meter.report("append, \(senders) senders, \(rooms.count) rooms", count: count / senders * senders)
        let after = server.database.statistics
        print("  \((after.writes - before.writes) * 10 / max(1, after.transactions - before.transactions)) tenths of writes a transaction")
    }
}

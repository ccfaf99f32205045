import Database
import MatrixModel
import RoomServer
import Storage

/// 10,000 state changes in one room: what they take on disk, and how long the whole state takes to read.
enum StateBenchmark {
    static func run(_ folder: String) async throws {
        for (what, slots) in [("in 10,000 slots", 10_000), ("in 100 slots", 100)] {
            let server = try await BenchmarkServer("state\(slots).example", folder: folder)
            let empty = server.fileBytes
            let room = try await server.makeRoom()
            let changing = Meter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<32 {
                    group.addTask {
                        for index in stride(from: lane, to: 10_000, by: 32) {
                            _ = try await server.rooms.append(
                                NewEvent(
                                    type: "org.example.setting", stateKey: "key\(index % slots)", sender: try server.user("alice"),
                                    content: ["value": .integer(index), "note": "a text of the length that state events have"] as JSONValue),
                                to: room)
                        }
                    }
                }
                try await group.waitForAll()
            }
            changing.report("10,000 state changes \(what)", count: 10_000)
            guard let snapshot = try await server.rooms.snapshot(of: room) else { return }
            let raw = try await server.database.read { transaction in
                try EventStore(transaction).timeline(room: snapshot.number, limit: 20_000, newestFirst: false).reduce(0) {
                    $0 + $1.event.json.rawBytes.count
                }
            }
            let reading = Meter()
            for _ in 0..<20 {
                _ = try await server.database.read { transaction in
                    guard let row = try RoomStore(transaction).room(number: snapshot.number), let current = row.current else { return 0 }
                    return try StateStore(transaction).state(at: current).count
                }
            }
            reading.report("read the whole state of \(snapshot.state.count)", count: 20)
            server.database.close()
            let size = server.fileBytes - empty
            print("  \(raw) bytes of events, \(size) bytes of disk: \(size * 100 / raw) % of the raw bytes")
        }
    }
}

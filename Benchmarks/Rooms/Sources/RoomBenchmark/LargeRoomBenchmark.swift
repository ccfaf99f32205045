import Database
import MatrixModel
import RoomGraph
import RoomServer

/// A room of 20,000 members on two servers.
enum LargeRoomBenchmark {
    private static let members = 20_000

    static func run(_ folder: String) async throws {
        let one = try await BenchmarkServer("large.example", folder: folder)
        let two = try await BenchmarkServer("visitor.example", folder: folder)
        let room = try await one.makeRoom()
        let joining = Meter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<32 {
                group.addTask {
                    for index in stride(from: lane, to: members, by: 32) {
                        let user = try one.user("member\(index)")
                        _ = try await one.rooms.append(
                            NewEvent(
                                type: "m.room.member", stateKey: user.description, sender: user,
                                content: ["membership": "join", "displayname": .string("Member \(index)")] as JSONValue), to: room)
                    }
                }
            }
            try await group.waitForAll()
        }
        joining.report("join a growing room", count: members)
        print("  \(Meter.residentKibibytes() / 1024) MiB resident, \(one.fileBytes / members) bytes of disk a member")
        try await ReceiveBenchmark.enter(two, "bob", room, of: one)
        let talking = Meter()
        for index in 0..<500 { _ = try await one.say("message \(index)", room) }
        talking.report("message in the large room", count: 500)
        try await fork(one, two, room)
        print("  \(Meter.residentKibibytes() / 1024) MiB resident")
        one.database.close()
        two.database.close()
        let again = try await BenchmarkServer("large.example", folder: folder)
        let opening = Meter()
        _ = try await again.rooms.snapshot(of: room)
        opening.report("load the large room", count: 1)
        again.database.close()
    }

    /// Each server changes state while it does not hear the other; then each hears, and one joins the ends.
    private static func fork(_ one: BenchmarkServer, _ two: BenchmarkServer, _ room: RoomID) async throws {
        let bob = try two.user("bob")
        // Bring both to the same end first.
        var rounds = 0
        let merging = Meter()
        for index in 0..<100 {
            guard
                let first = try await one.rooms.append(
                    NewEvent(type: "m.room.topic", stateKey: "", sender: try one.user("alice"), content: ["topic": .integer(index)] as JSONValue),
                    to: room
                ).event,
                let second = try await two.rooms.append(
                    NewEvent(type: "m.room.topic", stateKey: "", sender: bob, content: ["topic": .integer(-index - 1)] as JSONValue), to: room
                ).event
            else { continue }
            _ = try? await two.rooms.receive(.trusted(first), from: one.name)
            let outcome = try await one.rooms.receive(.trusted(second), from: two.name)
            guard outcome == .accepted, let merge = try await one.say("merge \(index)", room).event else { continue }
            rounds += 1
            _ = try? await two.rooms.receive(.trusted(merge), from: one.name)
        }
        merging.report("fork in the topic and merge, both servers", count: rounds)
    }
}

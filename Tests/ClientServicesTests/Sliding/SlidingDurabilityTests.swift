import ClientServices
import Database
import Dispatch
import Glibc
import MatrixAPI
import MatrixModel
import RoomServer
import Storage
import Testing

/// Answers do not wait for the disk: what a position is worth before it is written, after a restart and after a crash.
@Suite struct SlidingDurabilityTests {
    /// A server on a file, whose writer can be made to wait.
    private final class Desk: Sendable {
        let folder: String
        let world: RoomWorld
        let alice: Person
        private let gate = DispatchSemaphore(value: 0)

        init() async throws {
            var template = Array("/tmp/martlet-sliding-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw DatabaseError.cannotOpen(message: "no temporary folder") }
            folder = template.withUnsafeBufferPointer { String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
            let database = try Database.open(path: folder + "/before.db")
            try await Migrator(migrations: Schema.migrations).migrate(database)
            world = try await RoomWorld(database: database, clock: TestClock(seed: 1), settings: .init())
            alice = try await world.person("alice")
            try await world.ensureDevice(alice)
        }

        deinit {
            for name in ["before.db", "after.db"] { for end in ["", "-wal", "-shm"] { unlink("\(folder)/\(name)\(end)") } }
            rmdir(folder)
        }

        /// Nothing is written until `go`.
        func stop() { world.database.submit { [gate] _ in gate.wait() } }

        func go() async throws {
            gate.signal()
            try await world.database.write { _ in }
        }

        /// The server that a crash at this moment would leave.
        func crashed() async throws -> Person {
            let path = folder + "/after.db"
            try await world.database.backup(to: path)
            world.clock.advance(1_000_000)
            let after = try await RoomWorld(database: try Database.open(path: path), clock: world.clock, settings: .init())
            return Person(world: after, caller: alice.caller)
        }
    }

    private func isUnknown(_ client: SlidingClient, _ body: JSONValue = SlidingClient.list()) async -> Bool {
        await failure { try await client.ask(body) }?.code.rawValue == "M_UNKNOWN_POS"
    }

    @Test func `a position works before it is written`() async throws {
        let desk = try await Desk()
        let rooms = [try await desk.alice.createRoom(), try await desk.alice.createRoom(), try await desk.alice.createRoom()]
        desk.stop()
        var client = SlidingClient(desk.alice)
        #expect(try await client.sync(SlidingClient.list(0...0)).toldRooms == [rooms[2]])
        let first = client
        #expect(try await client.sync(SlidingClient.list(0...1)).toldRooms == [rooms[1]])
        let second = client
        // The answer gets lost, and is asked for again.
        client = first
        #expect(try await client.sync(SlidingClient.list(0...1)).toldRooms == [rooms[1]])
        #expect(try await client.sync(SlidingClient.list(0...2)).toldRooms == [rooms[0]])
        #expect(await isUnknown(first))
        #expect(await isUnknown(second))
        // Nobody else may use it.
        #expect(await isUnknown(SlidingClient(desk.alice.device("OTHER"), at: client.position)))
        #expect(await isUnknown(SlidingClient(desk.alice, connection: "other", at: client.position)))
        let crashed = try await desk.crashed()
        #expect(await isUnknown(SlidingClient(crashed, at: client.position)))

        try await desk.go()
        #expect(try await client.sync(SlidingClient.list(0...2)).toldRooms == [])
        let restarted = Person(world: try await desk.world.restarted(), caller: desk.alice.caller)
        var later = SlidingClient(restarted, at: client.position)
        #expect(try await later.sync(SlidingClient.list(0...2)).toldRooms == [])
        try await restarted.say("news", in: rooms[0])
        #expect(try await later.sync(SlidingClient.list(0...2)).toldRooms == [rooms[0]])
    }

    @Test func `after a crash the position before the lost one goes on`() async throws {
        let desk = try await Desk()
        let rooms = [try await desk.alice.createRoom(), try await desk.alice.createRoom()]
        var client = SlidingClient(desk.alice)
        try await client.sync(SlidingClient.list(0...0))
        try await desk.world.database.write { _ in }
        let written = client.position
        desk.stop()
        try await client.sync(SlidingClient.list(0...1))
        let crashed = try await desk.crashed()
        #expect(await isUnknown(SlidingClient(crashed, at: client.position)))
        var resumed = SlidingClient(crashed, at: written)
        #expect(try await resumed.sync(SlidingClient.list(0...1)).toldRooms == [rooms[0]])
        // What was lost is not given again.
        #expect(resumed.position?.prefix { $0 != "_" } == client.position?.prefix { $0 != "_" })
        #expect(resumed.position != client.position)
        #expect(await isUnknown(SlidingClient(crashed, at: client.position)))
        try await desk.go()
    }

    @Test func `a write that fails ends the connection`() async throws {
        let desk = try await Desk()
        _ = [try await desk.alice.createRoom(), try await desk.alice.createRoom()]
        var client = SlidingClient(desk.alice)
        try await client.sync(SlidingClient.list(0...0))
        desk.stop()
        let (user, device) = (desk.alice.user, desk.alice.caller.device ?? "")
        desk.world.database.submit { _ = try DeviceStore($0).delete(device, of: user) }
        try await client.sync(SlidingClient.list(0...1))
        try await desk.go()
        #expect(await isUnknown(client, SlidingClient.list(0...1)))
        client.position = nil
        #expect(try await client.sync(SlidingClient.list(0...1)).toldRooms.count == 2)
    }

    @Test func `messages for the device outlive a lost connection, and come once`() async throws {
        let desk = try await Desk()
        func send(_ text: String, on person: Person) async throws {
            let (user, device, feed) = (person.user, person.caller.device ?? "", person.world.feed)
            let bytes = (["type": "x", "sender": "@a:b", "content": ["body": .string(text)]] as JSONValue).bytes()
            try await person.world.database.write({ transaction in
                let position = try Positions.next(transaction)
                try DeviceMessageStore(transaction).add(bytes, to: device, of: user, position: position)
                return position
            }) { feed.publish(Change(position: $0, kind: .users([user]))) }
        }
        func body(_ since: String?) -> JSONValue {
            var config: JSONValue = ["enabled": true]
            if let since { config["since"] = .string(since) }
            return ["extensions": ["to_device": config]]
        }
        func told(_ answer: JSON) -> (texts: [String], next: String?) {
            let news = answer["extensions"]?["to_device"]
            return (news?["events"]?.elements.compactMap { $0["content"]?["body"]?.string } ?? [], news?["next_batch"]?.string)
        }
        try await send("first", on: desk.alice)
        try await send("second", on: desk.alice)
        desk.stop()
        var client = SlidingClient(desk.alice, connection: "encryption")
        let first = told(try await client.sync(body(nil)))
        #expect(first.texts == ["first", "second"])
        // Acknowledged, but neither that nor the position is written when the server dies.
        #expect(told(try await client.sync(body(first.next))).texts == [])
        let crashed = try await desk.crashed()
        var later = SlidingClient(crashed, connection: "encryption", at: client.position)
        #expect(await isUnknown(later, body(first.next)))
        later.position = nil
        try await send("third", on: crashed)
        let again = told(try await later.sync(body(first.next)))
        #expect(again.texts == ["third"])
        #expect(told(try await later.sync(body(again.next))).texts == [])
        try await desk.go()
    }
}

extension SlidingClient {
    /// A client that stands at a position.
    fileprivate init(_ person: Person, connection: String = "main", at position: String?) {
        self.init(person, connection: connection)
        self.position = position
    }
}

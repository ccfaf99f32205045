import Database
import MatrixAPI
import MatrixModel
import Storage
import Testing

@testable import ClientServices

@Suite struct UnwrittenConnectionsTests {
    private let connections = UnwrittenConnections()

    private func begin(_ name: String = "a", largest: Int64 = 0, at now: Int = 1_000) throws -> UnwrittenConnections.Step {
        let body: JSONValue = ["conn_id": .string(name)]
        let request = try SlidingSync.Request(
            RequestInput(
                method: .post, uri: SlidingSync.route.path, pathParameters: [:], queryItems: [], bodyBytes: body.bytes(),
                contentType: "application/json"))
        let query = SlidingQuery(user: RoomWorld.user("alice"), device: "D", request: request, token: nil)
        return connections.begin(query, SentState(), largest: largest, at: now)
    }

    private func sent(_ step: UnwrittenConnections.Step, at serial: Int64) throws -> SentRooms {
        let known = try #require(connections.connection(step.connection))
        return SentRooms(connection: known.connection, serial: serial, state: SentState())
    }

    @Test func `numbers and serials are never given twice`() throws {
        let first = try begin(largest: 41)
        #expect(first.connection == 42 && first.serial > first.from && first.from >= 1_000)
        // Neither the database, which lags behind, nor a clock that goes back gives one again.
        let second = try begin("b", largest: 41, at: 10)
        #expect(second.connection == 43 && second.serial > first.serial)
        let next = try #require(connections.advance(try sent(first, at: first.serial), SentState(), at: 10))
        #expect(next.connection == 42 && next.from == first.serial && next.serial > second.serial)
        // Another answer in place of a lost one.
        let instead = try #require(connections.advance(try sent(first, at: first.serial), SentState(), at: 10))
        #expect(instead.from == first.serial && instead.serial > next.serial)
        let stale = connections.advance(try sent(first, at: next.serial), SentState(), at: 10)
        #expect(stale == nil)
        #expect(connections.connection(42)?.sent(next.serial) == nil && connections.connection(42)?.sent(instead.serial) != nil)
    }

    @Test func `what is written or lost is forgotten, unless something newer waits`() throws {
        let first = try begin()
        let next = try #require(connections.advance(try sent(first, at: first.serial), SentState(), at: 2_000))
        connections.written(first)
        #expect(connections.connection(first.connection)?.connection.newest == next.serial)
        connections.written(next)
        #expect(connections.count == 0)
        let other = try begin("b")
        connections.lost(other)
        #expect(connections.connection(other.connection) == nil)
    }

    @Test func `beyond a bound answers wait`() throws {
        var steps: [UnwrittenConnections.Step] = []
        for number in 0..<SlidingBounds.unwritten { steps.append(try begin("\(number)")) }
        #expect(steps.allSatisfy { !$0.mustWait })
        #expect(try begin("more").mustWait)
        for step in steps { connections.written(step) }
        #expect(try !begin("again").mustWait)
    }

    @Test func `what state events replaced is found at once as it is one by one`() async throws {
        let world = try await RoomWorld()
        let (alice, bob) = (try await world.person("alice"), try await world.person("bob"))
        let room = try await alice.createRoom(["preset": "public_chat", "name": "0"])
        for number in 0..<4 {
            try await alice.setState("m.room.name", ["name": .string("\(number)")], in: room)
            try await bob.join(room)
            try await alice.setState("org.example", ["v": .integer(number)], key: "\(number % 2)", in: room)
            try await bob.leave(room)
        }
        let differences = try await world.database.read { transaction in
            let number = try RoomStore(transaction).room(RoomID(room) ?? RoomWorld.noRoom)?.number ?? 0
            let events = try EventStore(transaction).timeline(room: number, limit: 1_000, newestFirst: false).filter { $0.slot != nil }
            let places = events.compactMap { event in
                event.before.map { StateSelection.Place(event: event.number, slot: event.slot ?? 0, before: $0) }
            }
            let found = try StateSelection(transaction).previous(of: places)
            #expect(places.count > 16 && found.count > 8)
            return try places.filter { try StateStore(transaction).event(in: $0.before, slot: $0.slot) != found[$0.event] }.count
        }
        #expect(differences == 0)
    }
}

extension RoomWorld {
    fileprivate static var noRoom: RoomID {
        guard let room = RoomID("!none:here.example") else { preconditionFailure("no room ID") }
        return room
    }
}

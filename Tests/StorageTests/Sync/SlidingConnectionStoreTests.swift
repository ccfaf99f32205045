import Database
import MatrixModel
import Storage
import Testing

struct SlidingConnectionStoreTests {
    private func begun() async throws -> (Database, connection: Int64, serial: Int64) {
        let database = try await database(with: Names.alice)
        try await database.write {
            try SlidingConnectionStore($0).begin(
                7, name: "main", user: Names.alice, device: "D", serial: 1_000, at: 1_000, limit: 2, unusedSince: 0)
        }
        return (database, 7, 1_000)
    }

    private func room(_ number: Int64, through: Position, members: [Int64] = []) -> SlidingRoom {
        var room = SlidingRoom(room: number, through: through, timelineLimit: 1, shown: 1, demand: 1)
        room.members = members
        return room
    }

    @Test func `what was told is told of each of the last two answers`() async throws {
        let (database, connection, start) = try await begun()
        func advance(_ from: Int64, _ rooms: [SlidingRoom], by distance: Int64 = 10) async throws -> Int64? {
            try await database.write { transaction in
                let store = SlidingConnectionStore(transaction)
                let serial = try (store.connection(connection)?.newest ?? 0) + distance
                return try store.advance(connection, from: from, to: serial, rooms: rooms, newDemands: [(1, [1])], at: 2_000) ? serial : nil
            }
        }
        func rooms(_ serial: Int64) async throws -> [SlidingRoom] {
            try await database.read { try SlidingConnectionStore($0).rooms(connection, through: serial) }
        }
        let first = try #require(await advance(start, [room(7, through: 1, members: [3, 900, 70_000_000_000]), room(8, through: 1)]))
        let second = try #require(await advance(first, [room(7, through: 2)]))
        let (before, after) = (try await rooms(first), try await rooms(second))
        #expect(before == [room(7, through: 1, members: [3, 900, 70_000_000_000]), room(8, through: 1)])
        #expect(after == [room(7, through: 2), room(8, through: 1)])
        // The second answer got lost: another takes its place.
        let third = try #require(await advance(first, [room(8, through: 3)]))
        let instead = try await rooms(third)
        #expect(instead == [room(7, through: 1, members: [3, 900, 70_000_000_000]), room(8, through: 3)])
        let stale = try await advance(second, [])
        #expect(stale == nil)
        _ = try #require(await advance(third, [room(8, through: 4)]))
        let older = try await advance(first, [])
        #expect(older == nil)
        let backwards = try await advance(third, [], by: 0)
        #expect(backwards == nil)
    }

    @Test func `connections are bounded, begin anew and end by disuse`() async throws {
        let (database, connection, start) = try await begun()
        func begin(_ number: Int64, _ name: String, at now: Int, unusedSince: Int = 0) async throws {
            try await database.write {
                try SlidingConnectionStore($0).begin(
                    number, name: name, user: Names.alice, device: "D", serial: Int64(now), at: now, limit: 2, unusedSince: unusedSince)
            }
        }
        func existing() async throws -> [Int64] {
            try await database.read { transaction in
                try (1...20).filter { try SlidingConnectionStore(transaction).connection($0) != nil }
            }
        }
        let told = try await database.write {
            try SlidingConnectionStore($0).advance(
                connection, from: start, to: start + 1, rooms: [SlidingRoom(room: 1, through: 1, timelineLimit: 1, shown: 1, demand: 1)],
                newDemands: [(1, [1])], at: 1_000)
        }
        #expect(told)
        // A connection of the same name takes the place of the one before, whose rooms go with it.
        try await begin(8, "main", at: 1_500)
        #expect(try await existing() == [8])
        let rooms = try await database.read { try SlidingConnectionStore($0).rooms(connection, through: .max) }
        #expect(rooms == [])
        let largest = try await database.read { try SlidingConnectionStore($0).largestNumber() }
        #expect(largest == 8)
        try await begin(9, "second", at: 2_000)
        try await begin(10, "third", at: 3_000)
        #expect(try await existing() == [9, 10])
        try await begin(11, "fourth", at: 9_000, unusedSince: 2_500)
        #expect(try await existing() == [10, 11])
    }
}

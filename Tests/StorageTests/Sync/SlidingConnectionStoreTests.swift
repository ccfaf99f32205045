import Database
import MatrixModel
import Storage
import Testing

struct SlidingConnectionStoreTests {
    private func begun() async throws -> (Database, connection: Int64, serial: Int64) {
        let database = try await database(with: Names.alice)
        let connection = try await database.write {
            try SlidingConnectionStore($0).begin("main", user: Names.alice, device: "D", serial: 1_000, at: 1_000, limit: 2, unusedSince: 0)
        }
        let known = try await database.read { try SlidingConnectionStore($0).connection(connection) }
        return (database, connection, try #require(known).newest)
    }

    private func room(_ number: Int64, through: Position, members: [Int64] = []) -> SlidingRoom {
        var room = SlidingRoom(room: number, through: through, timelineLimit: 1, shown: 1, demand: 1)
        room.members = members
        return room
    }

    @Test func `what was told is told of each of the last two answers`() async throws {
        let (database, connection, start) = try await begun()
        func advance(_ from: Int64, _ rooms: [SlidingRoom]) async throws -> Int64? {
            try await database.write {
                try SlidingConnectionStore($0).advance(connection, from: from, rooms: rooms, newDemands: [(1, [1])], at: 2_000)
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
    }

    @Test func `connections are bounded, begin anew and end by disuse`() async throws {
        let (database, connection, start) = try await begun()
        func begin(_ name: String, at now: Int, unusedSince: Int = 0) async throws -> Int64 {
            try await database.write {
                try SlidingConnectionStore($0).begin(
                    name, user: Names.alice, device: "D", serial: Int64(now), at: now, limit: 2, unusedSince: unusedSince)
            }
        }
        func exists(_ number: Int64) async throws -> Bool { try await database.read { try SlidingConnectionStore($0).connection(number) != nil } }
        let again = try await begin("main", at: 500)
        #expect(again == connection)
        let newest = try await database.read { try SlidingConnectionStore($0).connection(connection)?.newest }
        #expect(newest ?? 0 > start)
        let second = try await begin("second", at: 2_000)
        let third = try await begin("third", at: 3_000)
        let present = [try await exists(connection), try await exists(second), try await exists(third)]
        #expect(present == [false, true, true])
        let fourth = try await begin("fourth", at: 9_000, unusedSince: 2_500)
        let left = [try await exists(second), try await exists(third), try await exists(fourth)]
        #expect(left == [false, true, true])
    }
}

import Database
import MatrixModel
import Storage
import Testing

struct AccountDataStoreTests {
    @Test func `the account's and each room's data stand apart`() async throws {
        let database = try await database(with: Names.alice, Names.bob)
        try await database.write { transaction in
            let data = AccountDataStore(transaction)
            try data.set("m.tag", to: JSON(["a": 1]), room: Names.room, user: Names.alice, position: 1)
            try data.set("m.tag", to: JSON(["b": 1]), user: Names.alice, position: 2)
            try data.set("m.direct", to: JSON([:]), user: Names.alice, position: 3)
            #expect(try data.content("m.tag", room: Names.room, user: Names.alice)?["a"]?.integer == 1)
            #expect(try data.content("m.tag", user: Names.alice)?["b"]?.integer == 1)
            #expect(try data.content("m.tag", room: Names.otherRoom, user: Names.alice) == nil)
            #expect(try data.content("m.tag", user: Names.bob) == nil)
            #expect(try data.entries(user: Names.alice).map(\.type) == ["m.direct", "m.tag"])
            #expect(try data.entries(room: Names.room, user: Names.alice).map(\.room) == [Names.room])
        }
    }

    @Test func `changes come in order, each type once, at its newest position`() async throws {
        let database = try await database(with: Names.alice, Names.bob)
        try await database.write { transaction in
            let data = AccountDataStore(transaction)
            try data.set("x", to: JSON(1), user: Names.alice, position: 1)
            try data.set("y", to: JSON(2), room: Names.room, user: Names.alice, position: 2)
            try data.set("z", to: JSON(3), user: Names.bob, position: 3)
            try data.set("x", to: JSON(4), user: Names.alice, position: 4)
            #expect(try data.changes(after: 0, user: Names.alice).map(\.type) == ["y", "x"])
            #expect(try data.changes(after: 0, user: Names.alice).map(\.position) == [2, 4])
            #expect(try data.changes(after: 0, user: Names.alice).map(\.room) == [Names.room, nil])
            #expect(try data.changes(after: 0, user: Names.alice).map(\.content.integer) == [2, 4])
            #expect(try data.changes(after: 2, through: 3, user: Names.alice).isEmpty)
            #expect(try data.changes(after: 3, through: 4, user: Names.alice).map(\.type) == ["x"])
        }
    }

    @Test func `a filter gets a number, and the same filter the same`() async throws {
        let database = try await database(with: Names.alice, Names.bob)
        try await database.write { transaction in
            let filters = FilterStore(transaction)
            let filter = JSON(["event_format": "client"])
            let numbers = [
                try filters.add(filter, user: Names.alice), try filters.add(JSON([:]), user: Names.alice),
                try filters.add(filter, user: Names.alice), try filters.add(filter, user: Names.bob),
            ]
            #expect(numbers == [1, 2, 1, 1])
            #expect(try filters.filter(1, user: Names.alice)?["event_format"]?.string == "client")
            #expect(try filters.filter(2, user: Names.bob) == nil)
            #expect(try filters.filter(3, user: Names.alice) == nil)
        }
    }
}

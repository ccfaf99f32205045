import Database
import MatrixModel
import Storage
import Testing

struct DirectoryTests {
    private func alias(_ name: String) throws -> RoomAlias {
        try #require(RoomAlias("#\(name):example.org"))
    }

    @Test func `an alias has one room until it is deleted`() async throws {
        let database = try await migratedDatabase()
        let (a, b) = (try alias("a"), try alias("b"))
        try await database.write { transaction in
            let aliases = AliasStore(transaction)
            #expect(try aliases.create(b, room: Names.room, creator: Names.alice, at: 1))
            #expect(try aliases.create(a, room: Names.room, creator: Names.alice, at: 1))
            #expect(try aliases.create(a, room: Names.otherRoom, creator: Names.bob, at: 1) == false)
            let found = try aliases.find(a)
            #expect(found?.room == Names.room)
            #expect(found?.creator == Names.alice)
            #expect(try aliases.aliases(of: Names.room) == [a, b])
            #expect(try aliases.delete(a))
            #expect(try aliases.delete(a) == false)
            #expect(try aliases.find(a) == nil)
            try aliases.move(from: Names.room, to: Names.otherRoom)
            #expect(try aliases.aliases(of: Names.room).isEmpty)
            #expect(try aliases.aliases(of: Names.otherRoom) == [b])
        }
    }

    @Test func `a room is listed once and taken off`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let rooms = PublicRoomStore(transaction)
            try rooms.publish(Names.room, at: 1)
            try rooms.publish(Names.room, at: 2)
            try rooms.publish(Names.otherRoom, at: 2)
            #expect(try rooms.rooms() == [Names.otherRoom, Names.room])
            #expect(try rooms.isPublished(Names.room))
            try rooms.unpublish(Names.room)
            #expect(try rooms.isPublished(Names.room) == false)
            #expect(try rooms.rooms() == [Names.otherRoom])
        }
    }
}

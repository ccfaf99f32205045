import Database
import MatrixModel
import Storage
import Testing

struct InviteLinkStoreTests {
    /// A database with two rooms, by number.
    private func roomy() async throws -> (database: Database, rooms: [Int64]) {
        let database = try await migratedDatabase()
        let rooms = try await database.write { transaction in
            try [Names.room, Names.otherRoom].map { try RoomStore(transaction).make($0, version: .recommended).number }
        }
        return (database, rooms)
    }

    private func link(
        _ code: String, _ room: Int64, by creator: UserID = Names.alice, created: Int = 1, expires: Int? = nil, maximumUses: Int? = nil
    ) -> InviteLink {
        InviteLink(code: code, room: room, creator: creator, created: created, expires: expires, maximumUses: maximumUses, label: "label")
    }

    @Test func `a link is found as it was added, and its code is taken`() async throws {
        let (database, rooms) = try await roomy()
        try await database.write { transaction throws in
            let links = InviteLinkStore(transaction)
            let added = link("a", rooms[0], expires: 9, maximumUses: 3)
            #expect(try links.add(added))
            #expect(try links.add(link("a", rooms[1])) == false)
            #expect(try links.link("a") == added)
            #expect(try links.link("A") == nil)
            #expect(try links.remove("a"))
            #expect(try links.remove("a") == false)
            #expect(try links.link("a") == nil)
        }
    }

    @Test func `a room's open links are listed, newest first, of all or of one creator`() async throws {
        let (database, rooms) = try await roomy()
        try await database.write { transaction in
            let links = InviteLinkStore(transaction)
            _ = try links.add(link("old", rooms[0], created: 1))
            _ = try links.add(link("new", rooms[0], by: Names.bob, created: 2))
            _ = try links.add(link("over", rooms[0], created: 3, expires: 10))
            _ = try links.add(link("full", rooms[0], created: 4, maximumUses: 1))
            _ = try links.add(link("elsewhere", rooms[1], created: 5))
            #expect(try links.claim("full", for: Names.carol, at: 5))
            #expect(try links.open(room: rooms[0], at: 9).map(\.code) == ["over", "new", "old"])
            #expect(try links.open(room: rooms[0], at: 10).map(\.code) == ["new", "old"])
            #expect(try links.open(room: rooms[0], creator: Names.alice, at: 10).map(\.code) == ["old"])
            #expect(try links.count(room: rooms[0], at: 10) == 2)
            try links.removeExpired(at: 10)
            #expect(try links.link("over") == nil)
            #expect(try links.link("old") != nil)
            try links.removeAll(by: Names.alice)
            #expect(try links.link("old") == nil)
            #expect(try links.link("new") != nil)
        }
    }

    @Test func `uses are counted once for each person, up to the last one`() async throws {
        let (database, rooms) = try await roomy()
        try await database.write { transaction in
            let links = InviteLinkStore(transaction)
            _ = try links.add(link("a", rooms[0], expires: 10, maximumUses: 2))
            #expect(try links.claim("a", for: Names.alice, at: 9))
            // Tried again after a failure.
            #expect(try links.claim("a", for: Names.alice, at: 9))
            #expect(try links.link("a")?.uses == 1)
            #expect(try links.claim("a", for: Names.bob, at: 9))
            #expect(try links.claim("a", for: Names.carol, at: 9) == false)
            #expect(try links.link("a")?.isOpen(at: 9) == false)
            try links.settle("a", for: Names.alice)
            try links.release("a", for: Names.bob)
            // There is nothing to give back.
            try links.release("a", for: Names.bob)
            try links.release("a", for: Names.alice)
            #expect(try links.link("a")?.uses == 1)
            #expect(try links.claim("a", for: Names.carol, at: 10) == false)
            #expect(try links.claim("a", for: Names.carol, at: 9))
            #expect(try links.claim("unknown", for: Names.carol, at: 9) == false)
        }
    }

    @Test func `a removed link takes its claims along`() async throws {
        let (database, rooms) = try await roomy()
        try await database.write { transaction in
            let links = InviteLinkStore(transaction)
            _ = try links.add(link("a", rooms[0], maximumUses: 1))
            #expect(try links.claim("a", for: Names.alice, at: 1))
            _ = try links.remove("a")
            _ = try links.add(link("a", rooms[0], maximumUses: 1))
            #expect(try links.claim("a", for: Names.bob, at: 1))
            #expect(try links.claim("a", for: Names.alice, at: 1) == false)
        }
    }
}

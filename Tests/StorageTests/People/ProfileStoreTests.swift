import Database
import MatrixModel
import Storage
import Testing

struct ProfileStoreTests {
    @Test func `fields are set, replaced, listed and removed`() async throws {
        let database = try await migratedDatabase()
        try await database.write { transaction in
            let profiles = ProfileStore(transaction)
            try profiles.set("displayname", to: JSON("Alice"), user: Names.alice)
            try profiles.set("displayname", to: JSON("Alice L."), user: Names.alice)
            try profiles.set("avatar_url", to: JSON("mxc://example.org/a"), user: Names.alice)
            try profiles.set("m.tz", to: JSON(["zone": "Europe/Berlin"]), user: Names.alice)
            #expect(try profiles.fields(of: Names.alice).map(\.name) == ["avatar_url", "displayname", "m.tz"])
            #expect(try profiles.value(of: "displayname", user: Names.alice)?.string == "Alice L.")
            #expect(try profiles.value(of: "m.tz", user: Names.alice)?["zone"]?.string == "Europe/Berlin")
            let basics = try profiles.basics(of: Names.alice)
            #expect(basics.displayName == "Alice L.")
            #expect(basics.avatarURL == "mxc://example.org/a")
            #expect(try profiles.remove("m.tz", user: Names.alice))
            #expect(try profiles.remove("m.tz", user: Names.alice) == false)
            #expect(try profiles.value(of: "m.tz", user: Names.alice) == nil)
            #expect(try profiles.fields(of: Names.bob).isEmpty)
        }
    }

    @Test func `the size counts bytes of names and values`() async throws {
        let database = try await migratedDatabase()
        let sizes = try await database.write { transaction in
            let profiles = ProfileStore(transaction)
            let empty = try profiles.size(of: Names.alice)
            try profiles.set("é", to: JSON("ü"), user: Names.alice)
            return [empty, try profiles.size(of: Names.alice)]
        }
        #expect(sizes == [0, 6])
    }

    @Test func `a search finds by ID and display name and takes signs as they are`() async throws {
        let database = try await database(with: Names.alice, Names.bob)
        try await database.write { transaction in
            let profiles = ProfileStore(transaction)
            try profiles.set("displayname", to: JSON("100% Carol_"), user: Names.carol)
            #expect(try profiles.search("ALI", limit: 10) == [Names.alice])
            #expect(try profiles.search("example", limit: 10) == [Names.alice, Names.bob])
            #expect(try profiles.search("0% c", limit: 10) == [Names.carol])
            #expect(try profiles.search("l_", limit: 10) == [Names.carol])
            #expect(try profiles.search("c_r", limit: 10).isEmpty)
            #expect(try profiles.search("e", limit: 1) == [Names.alice])
            try AccountStore(transaction).deactivate(Names.alice, erase: true, at: 1)
            #expect(try profiles.search("ali", limit: 10).isEmpty)
        }
    }
}

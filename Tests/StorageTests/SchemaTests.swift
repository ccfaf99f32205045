import Database
import Storage
import Testing

struct SchemaTests {
    /// The checksums of the frozen migrations. They never change: what is to be different comes in a new migration.
    /// A migration is added here when a version that contains it is published.
    private let frozen = [
        1: "11608965b2f05932", 2: "cf373cba9463c9a4", 3: "5df0958a2d696944", 4: "51be6407e153ac3b", 5: "7b088db397c31a35", 6: "bf25b65b6822db23",
        7: "14dc155705f2e432", 8: "664ab2b07a5f78e5", 9: "7bbf36cf06c662a7",
        10: "4dd8fabc7b0e3f7b", 11: "8037ac467316b9c0", 12: "fce26b3ac3e5a321",
    ]

    @Test func `a frozen migration is as it was`() {
        for (number, checksum) in frozen {
            let migration = Schema.migrations.first { $0.number == number }
            #expect(migration?.checksum == checksum, "migration \(number)")
        }
    }

    @Test func `the numbers go from 1 without a gap`() {
        #expect(Schema.migrations.map(\.number) == Array(1...Schema.migrations.count))
    }

    @Test func `a database that came step by step is like a fresh one`() async throws {
        let fresh = try await migratedDatabase()
        let stepwise = try Database.memory()
        for count in 1...Schema.migrations.count {
            let ran = try await Migrator(migrations: Array(Schema.migrations.prefix(count))).migrate(stepwise)
            #expect(ran == [count])
        }
        let expected = try await fresh.read { try Migrator.schema(of: $0) }
        #expect(try await stepwise.read { try Migrator.schema(of: $0) } == expected)
        #expect(!expected.isEmpty)
    }
}

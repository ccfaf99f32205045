import Database
import Storage
import Testing

struct SchemaTests {
    /// The checksums of the published migrations. They never change: what is to be different comes in a new migration.
    private let published: [Int: String] = [:]

    @Test func `a published migration is as it was`() {
        for migration in Schema.migrations {
            #expect(published[migration.number] == migration.checksum, "migration \(migration.number), \(migration.name)")
        }
        #expect(published.count == Schema.migrations.count)
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

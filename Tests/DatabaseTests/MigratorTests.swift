import Testing

@testable import Database

struct MigratorTests {
    private let first = Migration(number: 1, name: "first", statements: ["CREATE TABLE a (x INTEGER)", "INSERT INTO a (x) VALUES (1)"])
    private let second = Migration(number: 2, name: "second", statements: ["ALTER TABLE a ADD COLUMN y INTEGER", "UPDATE a SET y = x + 1"])

    @Test func `migrations run once, in order`() async throws {
        let database = try Database.memory()
        #expect(try await Migrator(migrations: [second, first]).migrate(database) == [1, 2])
        #expect(try await Migrator(migrations: [first, second]).migrate(database) == [])
        #expect(try await database.read { try $0.first("SELECT y FROM a")?.int(0) } == 2)
    }

    @Test func `an older database gets what it lacks`() async throws {
        let database = try Database.memory()
        try await Migrator(migrations: [first]).migrate(database)
        #expect(try await Migrator(migrations: [first, second]).migrate(database) == [2])
    }

    @Test func `a migration that changed after it ran is refused`() async throws {
        let database = try Database.memory()
        try await Migrator(migrations: [first]).migrate(database)
        let changed = Migration(number: 1, name: "first", statements: ["CREATE TABLE a (x TEXT)", "INSERT INTO a (x) VALUES (1)"])
        await #expect(throws: MigrationError.changed(1, name: "first")) { try await Migrator(migrations: [changed]).migrate(database) }
    }

    @Test func `a database of a newer program is refused`() async throws {
        let database = try Database.memory()
        try await Migrator(migrations: [first, second]).migrate(database)
        await #expect(throws: MigrationError.databaseIsNewer(database: 2, program: 1)) {
            try await Migrator(migrations: [first]).migrate(database)
        }
    }

    @Test func `a gap in the numbers is refused before anything runs`() async throws {
        let database = try Database.memory()
        let third = Migration(number: 3, name: "third", statements: [])
        await #expect(throws: MigrationError.misnumbered(3)) { try await Migrator(migrations: [first, third]).migrate(database) }
        #expect(try await database.read { try Migrator.schema(of: $0) } == [])
    }

    @Test func `a migration that fails leaves no trace`() async throws {
        let database = try Database.memory()
        try await Migrator(migrations: [first]).migrate(database)
        let before = try await database.read { try Migrator.schema(of: $0) }
        let broken = Migration(number: 2, name: "broken", statements: ["CREATE TABLE b (x INTEGER)", "INSERT INTO missing VALUES (1)"])
        await #expect(throws: DatabaseError.self) { try await Migrator(migrations: [first, broken]).migrate(database) }
        #expect(try await database.read { try Migrator.schema(of: $0) } == before)
        #expect(try await Migrator(migrations: [first, second]).migrate(database) == [2])
    }

    @Test func `the checksum depends on every byte and on the borders of statements`() {
        func checksum(_ statements: [String]) -> String { Migration(number: 1, name: "", statements: statements).checksum }
        #expect(checksum([]) == "cbf29ce484222325")
        #expect(Set([checksum(["ab"]), checksum(["a", "b"]), checksum(["ab", ""]), checksum(["ac"]), checksum(["ba"])]).count == 5)
    }
}

/// Brings a database to the newest schema.
public struct Migrator: Sendable {
    private let migrations: [Migration]

    /// The migrations in order of their numbers.
    public init(migrations: [Migration]) {
        self.migrations = migrations.sorted { $0.number < $1.number }
    }

    /// Runs what the database has not had, each migration in a transaction of its own; gives the numbers of those that ran.
    ///
    /// Throws `MigrationError` where the database and the program do not agree on the past, and what the database throws.
    @discardableResult
    public func migrate(_ database: Database) async throws -> [Int] {
        for (index, migration) in migrations.enumerated() where migration.number != index + 1 {
            throw MigrationError.misnumbered(migration.number)
        }
        var ran: [Int] = []
        for migration in migrations where try await database.write({ try run(migration, $0) }) {
            ran.append(migration.number)
        }
        let newest = migrations.last?.number ?? 0
        let applied = try await database.read { try newestApplied($0) }
        guard applied == newest else { throw MigrationError.databaseIsNewer(database: applied, program: newest) }
        return ran
    }

    /// The text of each object of the schema, for comparing two databases.
    public static func schema(of transaction: Transaction) throws -> [String] {
        try transaction.map(Dialect.sqlite.schemaListing) { $0.text(0) }
    }

    private func run(_ migration: Migration, _ transaction: Transaction) throws -> Bool {
        try transaction.execute(
            "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)")
        if let row = try transaction.first("SELECT checksum FROM migrations WHERE number = \(migration.number)") {
            guard row.text(0) == migration.checksum else { throw MigrationError.changed(migration.number, name: migration.name) }
            return false
        }
        let applied = try newestApplied(transaction)
        guard applied == migration.number - 1 else { throw MigrationError.databaseIsNewer(database: applied, program: migration.number - 1) }
        for statement in migration.statements { try transaction.execute(SQL(text: statement)) }
        try transaction.execute(
            "INSERT INTO migrations (number, name, checksum) VALUES (\(migration.number), \(migration.name), \(migration.checksum))")
        return true
    }

    private func newestApplied(_ transaction: Transaction) throws -> Int {
        try transaction.first("SELECT max(number) FROM migrations")?.integer(0) ?? 0
    }
}

/// Why a database cannot be brought to the newest schema.
public enum MigrationError: Error, Sendable, Hashable {
    /// The numbers of the program's migrations have a gap or a double.
    case misnumbered(Int)
    /// The migration that the database had is not the one that the program has.
    case changed(Int, name: String)
    /// A newer program has used the database.
    case databaseIsNewer(database: Int, program: Int)
}

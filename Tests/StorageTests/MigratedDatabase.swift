import Database
import MatrixModel
import Storage

/// A database in memory with the newest schema.
func migratedDatabase() async throws -> Database {
    let database = try Database.memory()
    try await Migrator(migrations: Schema.migrations).migrate(database)
    return database
}

/// A database with accounts for those users.
func database(with users: UserID...) async throws -> Database {
    let database = try await migratedDatabase()
    try await database.write { transaction in
        for user in users { _ = try AccountStore(transaction).create(user, passwordHash: "hash", at: 1) }
    }
    return database
}

/// Names that tests use.
enum Names {
    static let server = parsed(ServerName("example.org"))
    static let alice = parsed(UserID("@alice:example.org"))
    static let bob = parsed(UserID("@bob:example.org"))
    static let carol = parsed(UserID("@carol:remote.example"))
    static let room = parsed(RoomID("!room:example.org"))
    static let otherRoom = parsed(RoomID("!other:example.org"))
    static let first = parsed(EventID("$first"))
    static let second = parsed(EventID("$second"))

    private static func parsed<Name>(_ name: Name?) -> Name {
        guard let name else { preconditionFailure("a name in the tests does not parse") }
        return name
    }
}

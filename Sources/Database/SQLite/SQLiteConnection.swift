import GRDBSQLite

/// A connection to an SQLite file.
///
/// Unchecked because a connection is handed to one thread when it is made and used by that thread alone.
final class SQLiteConnection: @unchecked Sendable {
    private let handle: OpaquePointer
    private let options: DatabaseOptions
    private let role: ConnectionRole
    private let dialect = Dialect.sqlite
    private var statements: [String: SQLiteStatement] = [:]
    private var useCount: UInt64 = 0
    private var controls: [Control: SQLiteStatement] = [:]

    /// The statements that steer transactions, kept beside the cache.
    private enum Control {
        case beginWrite, beginRead, commit, rollBack, savepoint, release, rollBackToSavepoint
    }

    /// Opens `path` and sets the connection up.
    init(path: String, role: ConnectionRole, options: DatabaseOptions) throws(DatabaseError) {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            // Even a failed opening may give a handle, which has the message and must be closed.
            let error = DatabaseError(sqlite: code, handle)
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        self.role = role
        self.options = options
        _disableDoubleQuotedStringLiterals(handle)
        for text in dialect.preparation(options, role: role) { try execute(text) }
        for (control, text) in [
            (Control.beginWrite, dialect.beginWrite), (.beginRead, dialect.beginRead), (.commit, "COMMIT"), (.rollBack, "ROLLBACK"),
            (.savepoint, "SAVEPOINT body"), (.release, "RELEASE body"), (.rollBackToSavepoint, "ROLLBACK TO body"),
        ] {
            controls[control] = try SQLiteStatement(text, connection: handle)
        }
    }

    deinit {
        statements = [:]
        controls = [:]
        sqlite3_close_v2(handle)
    }

    /// Whether no transaction runs; true inside a body where the engine gave the transaction up.
    var isAutocommit: Bool { sqlite3_get_autocommit(handle) != 0 }

    /// Rows that the last statement changed.
    var changedRows: Int { Int(sqlite3_changes64(handle)) }

    /// A bound statement, ready to be stepped; to be given back to `finish`.
    func start(_ sql: SQL) throws(DatabaseError) -> SQLiteStatement {
        let statement = try prepared(sql.text)
        statement.isInUse = true
        useCount &+= 1
        statement.lastUse = useCount
        do { try statement.bind(sql.arguments) } catch {
            finish(statement)
            throw error
        }
        return statement
    }

    /// Ends a statement's run.
    func finish(_ statement: SQLiteStatement) {
        statement.reset()
        statement.isInUse = false
    }

    /// Runs `body` on one snapshot.
    func read<Value>(_ body: (Transaction) throws -> Value) throws -> Value {
        if role == .memory { try execute(dialect.changesForbidden) }
        defer { if role == .memory { try? execute(dialect.changesAllowed) } }
        try control(.beginRead)
        defer { if !isAutocommit { try? control(.rollBack) } }
        return try body(Transaction(connection: self))
    }

    func beginWrite() throws(DatabaseError) { try control(.beginWrite) }
    func commit() throws(DatabaseError) { try control(.commit) }
    func rollBack() throws(DatabaseError) { try control(.rollBack) }
    func savepoint() throws(DatabaseError) { try control(.savepoint) }
    func release() throws(DatabaseError) { try control(.release) }

    /// Undoes all since the newest savepoint and removes it.
    func rollBackToSavepoint() throws(DatabaseError) {
        try control(.rollBackToSavepoint)
        try control(.release)
    }

    /// Copies the whole database to a new file.
    func backup(to path: String) throws(DatabaseError) {
        let target = try SQLiteConnection(path: path, role: .memory, options: options)
        guard let copy = sqlite3_backup_init(target.handle, "main", handle, "main") else {
            throw DatabaseError(sqlite: sqlite3_errcode(target.handle), target.handle)
        }
        // All pages in one step: in between steps a writer's commit would make it begin anew.
        let code = sqlite3_backup_step(copy, -1)
        let finished = sqlite3_backup_finish(copy)
        guard code == SQLITE_DONE, finished == SQLITE_OK else { throw DatabaseError(sqlite: code == SQLITE_DONE ? finished : code, target.handle) }
    }

    /// The upkeep before closing; its failure does not matter.
    func tidy() {
        guard role == .writer else { return }
        for text in dialect.upkeep { try? execute(text) }
    }

    private func prepared(_ text: String) throws(DatabaseError) -> SQLiteStatement {
        if let statement = statements[text] {
            // A body that is run for each row may start the same statement again.
            return statement.isInUse ? try SQLiteStatement(text, connection: handle) : statement
        }
        let statement = try SQLiteStatement(text, connection: handle)
        if statements.count >= options.cachedStatements { dropOldStatements() }
        statements[text] = statement
        return statement
    }

    /// Drops the half of the cache that was not used for longest.
    private func dropOldStatements() {
        let uses = statements.values.map(\.lastUse).sorted()
        let middle = uses[uses.count / 2]
        statements = statements.filter { $0.value.lastUse >= middle || $0.value.isInUse }
    }

    private func control(_ control: Control) throws(DatabaseError) {
        guard let statement = controls[control] else { throw .closed }
        defer { statement.reset() }
        _ = try statement.step()
    }

    private func execute(_ text: String) throws(DatabaseError) {
        let statement = try SQLiteStatement(text, connection: handle)
        while try statement.step() {}
    }
}

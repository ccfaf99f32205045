/// A database: one writer whose waiting work shares transactions, and readers that each see one consistent snapshot.
///
/// All work runs on threads of the database's own, so that no body may await; bodies should be short.
public final class Database: Sendable {
    private let writer: SQLiteWriter
    /// Nil for a database in memory, whose reads run on the writer's connection.
    private let readers: SQLiteReaders?

    private init(writer: SQLiteWriter, readers: SQLiteReaders?) {
        self.writer = writer
        self.readers = readers
    }

    deinit {
        close()
    }

    /// Opens a file, and makes it where there is none.
    public static func open(path: String, options: DatabaseOptions = DatabaseOptions()) throws(DatabaseError) -> Database {
        // The writer comes first: it makes the file and its log, which readers need.
        let connection = try SQLiteConnection(path: path, role: .writer, options: options)
        var readers: [SQLiteConnection] = []
        for _ in 0..<max(1, options.readers) {
            readers.append(try SQLiteConnection(path: path, role: .reader, options: options))
        }
        return Database(
            writer: SQLiteWriter(connection: connection, largestBatch: options.largestBatch), readers: SQLiteReaders(connections: readers))
    }

    /// Opens a file with that many readers.
    public static func open(path: String, readers: Int) throws(DatabaseError) -> Database {
        var options = DatabaseOptions()
        options.readers = readers
        return try open(path: path, options: options)
    }

    /// A new database in memory, which ends with the value.
    public static func memory() throws(DatabaseError) -> Database {
        let options = DatabaseOptions()
        let connection = try SQLiteConnection(path: ":memory:", role: .memory, options: options)
        return Database(writer: SQLiteWriter(connection: connection, largestBatch: options.largestBatch), readers: nil)
    }

    /// Runs `body` on a snapshot that shows every write answered before the call.
    public func read<Value: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let job = ReadJob { connection in
                guard let connection else { return continuation.resume(throwing: DatabaseError.closed) }
                continuation.resume(with: Result { try connection.read(body) })
            }
            if let readers { readers.enqueue(job) } else { writer.enqueue(.read(job)) }
        }
    }

    /// Puts `body` at the end of the writer's queue; whatever waits there is done in one transaction, each body undone alone where it throws.
    ///
    /// Bodies run in the order of the calls. The returned value may be dropped; the write is done all the same. `whenDurable` is called on the
    /// writer's thread after the transaction is durable, in the order of the writes and before anyone is answered; it must be brief. Where the
    /// write fails, `whenLost` is called instead.
    @discardableResult
    public func submit<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value, whenDurable: (@Sendable (Value) -> Void)? = nil,
        whenLost: (@Sendable () -> Void)? = nil
    ) -> PendingWrite<Value> {
        let pending = PendingWrite(body: body, whenDurable: whenDurable, whenLost: whenLost)
        writer.enqueue(.write(pending))
        return pending
    }

    /// Runs `body` as `submit` does and waits until its transaction is durable.
    @discardableResult
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Value, whenDurable: (@Sendable (Value) -> Void)? = nil
    ) async throws -> Value {
        try await submit(body, whenDurable: whenDurable).value
    }

    /// Copies the database as it is now into a new file at `path`; writes go on meanwhile.
    public func backup(to path: String) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let job = ReadJob { connection in
                guard let connection else { return continuation.resume(throwing: DatabaseError.closed) }
                continuation.resume(with: Result { try connection.backup(to: path) })
            }
            if let readers { readers.enqueue(job) } else { writer.enqueue(.read(job)) }
        }
    }

    /// What the writer has done since the database was opened.
    public var statistics: DatabaseStatistics { writer.statistics }

    /// Finishes what is queued and closes the file; later work fails with `DatabaseError.closed`. Blocks until done; may be called again.
    public func close() {
        readers?.close()
        writer.close()
    }
}

/// Counts of the writer's work.
public struct DatabaseStatistics: Sendable, Hashable {
    /// Transactions committed.
    public let transactions: Int
    /// Writes that were in them, failed ones included.
    public let writes: Int
}

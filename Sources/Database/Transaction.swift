/// A running transaction: what a body given to `Database.read`, `write` or `submit` works on. It must not leave the body.
public struct Transaction {
    let connection: SQLiteConnection

    /// All rows of a query, as values of their own.
    public func rows(_ sql: SQL) throws(DatabaseError) -> [Row] {
        let statement = try connection.start(sql)
        defer { connection.finish(statement) }
        var values: [SQLValue] = []
        var count = 0
        while try statement.step() {
            statement.appendValues(to: &values)
            count += 1
        }
        let width = statement.columnCount
        var rows: [Row] = []
        rows.reserveCapacity(count)
        for index in 0..<count { rows.append(Row(values: values, offset: index * width)) }
        return rows
    }

    /// The first row of a query, nil where there is none.
    public func first(_ sql: SQL) throws(DatabaseError) -> Row? {
        let statement = try connection.start(sql)
        defer { connection.finish(statement) }
        guard try statement.step() else { return nil }
        var values: [SQLValue] = []
        values.reserveCapacity(statement.columnCount)
        statement.appendValues(to: &values)
        return Row(values: values, offset: 0)
    }

    /// Runs a statement and gives the number of rows that it inserted, updated or deleted.
    @discardableResult
    public func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        let statement = try connection.start(sql)
        defer { connection.finish(statement) }
        while try statement.step() {}
        return statement.isReadOnly ? 0 : connection.changedRows
    }

    /// Gives each row of a query to `body` without copying what it does not read; a row is valid during its turn only.
    public func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        let statement = try connection.start(sql)
        defer { connection.finish(statement) }
        while try statement.step() { try body(Row(cursor: statement)) }
    }

    /// What `transform` makes of each row of a query; cheaper than `rows` where a row has texts or bytes.
    public func map<Value>(_ sql: SQL, _ transform: (Row) throws -> Value) throws -> [Value] {
        var results: [Value] = []
        try forEach(sql) { row in results.append(try transform(row)) }
        return results
    }

    /// What `transform` makes of the first row of a query, nil where there is none.
    public func first<Value>(_ sql: SQL, _ transform: (Row) throws -> Value) throws -> Value? {
        let statement = try connection.start(sql)
        defer { connection.finish(statement) }
        guard try statement.step() else { return nil }
        return try transform(Row(cursor: statement))
    }

    /// Runs `body`, and undoes what it changed where it throws.
    @discardableResult
    public func savepoint<Value>(_ body: () throws -> Value) throws -> Value {
        try connection.savepoint()
        do {
            let value = try body()
            try connection.release()
            return value
        } catch {
            if !connection.isAutocommit { try connection.rollBackToSavepoint() }
            throw error
        }
    }
}

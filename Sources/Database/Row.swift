/// One row of a result. Columns count from 0.
///
/// A getter that does not fit the stored kind gives the empty value (0, "", []): read a nullable column by its `optional…` getter.
public struct Row {
    private enum Storage {
        /// The current row of a running statement, valid until the statement's next step.
        case cursor(SQLiteStatement, step: UInt64)
        /// Values of their own, from an offset into the values of the whole result.
        case values([SQLValue], offset: Int)
    }

    private let storage: Storage

    init(cursor statement: SQLiteStatement) {
        storage = .cursor(statement, step: statement.stepCount)
    }

    init(values: [SQLValue], offset: Int) {
        storage = .values(values, offset: offset)
    }

    /// The integer of a column.
    public func int(_ column: Int) -> Int64 {
        switch storage {
        case .cursor(let statement, let step):
            return current(statement, step).integer(column)
        case .values(let values, let offset):
            if case .integer(let value) = values[offset + column] { return value }
            return 0
        }
    }

    /// The integer of a column.
    public func integer(_ column: Int) -> Int {
        Int(int(column))
    }

    /// The text of a column.
    public func text(_ column: Int) -> String {
        switch storage {
        case .cursor(let statement, let step):
            return current(statement, step).text(column)
        case .values(let values, let offset):
            if case .text(let value) = values[offset + column] { return value }
            return ""
        }
    }

    /// The bytes of a column.
    public func blob(_ column: Int) -> [UInt8] {
        switch storage {
        case .cursor(let statement, let step):
            return current(statement, step).blob(column)
        case .values(let values, let offset):
            if case .blob(let value) = values[offset + column] { return value }
            return []
        }
    }

    /// The truth of a column: any integer but 0.
    public func bool(_ column: Int) -> Bool {
        int(column) != 0
    }

    /// Whether a column is NULL.
    public func isNull(_ column: Int) -> Bool {
        switch storage {
        case .cursor(let statement, let step):
            return current(statement, step).isNull(column)
        case .values(let values, let offset):
            return values[offset + column] == .null
        }
    }

    /// The integer of a column, nil where it is NULL.
    public func optionalInt(_ column: Int) -> Int64? {
        isNull(column) ? nil : int(column)
    }

    /// The integer of a column, nil where it is NULL.
    public func optionalInteger(_ column: Int) -> Int? {
        isNull(column) ? nil : integer(column)
    }

    /// The text of a column, nil where it is NULL.
    public func optionalText(_ column: Int) -> String? {
        isNull(column) ? nil : text(column)
    }

    /// The bytes of a column, nil where it is NULL.
    public func optionalBlob(_ column: Int) -> [UInt8]? {
        isNull(column) ? nil : blob(column)
    }

    /// The truth of a column, nil where it is NULL.
    public func optionalBool(_ column: Int) -> Bool? {
        isNull(column) ? nil : bool(column)
    }

    private func current(_ statement: SQLiteStatement, _ step: UInt64) -> SQLiteStatement {
        // Reading a row after its statement moved on would give another row's values: that is a mistake in the program.
        precondition(statement.stepCount == step, "a row was kept beyond its turn")
        return statement
    }
}

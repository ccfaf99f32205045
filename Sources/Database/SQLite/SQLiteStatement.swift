import GRDBSQLite

/// A prepared statement of one connection.
final class SQLiteStatement {
    /// The text it was prepared from.
    let text: String
    /// Columns of its result.
    let columnCount: Int
    /// Whether it changes nothing.
    let isReadOnly: Bool
    /// Whether it is running.
    var isInUse = false
    /// When it was last started, by the connection's count.
    var lastUse: UInt64 = 0
    /// Steps and resets so far, by which a row knows whether it is still the current one.
    private(set) var stepCount: UInt64 = 0
    private let handle: OpaquePointer
    private let parameterCount: Int

    /// Prepares `text`, which holds one statement.
    init(_ text: String, connection: OpaquePointer) throws(DatabaseError) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK else { throw DatabaseError(sqlite: code, connection) }
        guard let handle else { throw .statement(message: "empty statement") }
        self.text = text
        self.handle = handle
        columnCount = Int(sqlite3_column_count(handle))
        isReadOnly = sqlite3_stmt_readonly(handle) != 0
        parameterCount = Int(sqlite3_bind_parameter_count(handle))
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Binds all values.
    func bind(_ arguments: [SQLValue]) throws(DatabaseError) {
        guard arguments.count == parameterCount else {
            throw .statement(message: "\(arguments.count) values for \(parameterCount) places in: \(text)")
        }
        var index: Int32 = 0
        for argument in arguments {
            index += 1
            let code: Int32
            switch argument {
            case .null:
                code = sqlite3_bind_null(handle, index)
            case .integer(let value):
                code = sqlite3_bind_int64(handle, index, value)
            case .text(var value):
                code = value.withUTF8 { bytes in
                    bytes.withMemoryRebound(to: CChar.self) { characters in
                        // A nil address would bind NULL.
                        guard let address = characters.baseAddress else { return sqlite3_bind_text(handle, index, "", 0, SQLiteStatement.copied) }
                        return sqlite3_bind_text(handle, index, address, Int32(clamping: characters.count), SQLiteStatement.copied)
                    }
                }
            case .blob(let value):
                code = value.withUnsafeBytes { bytes in
                    // A nil address would bind NULL.
                    guard let address = bytes.baseAddress, !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
                    return sqlite3_bind_blob(handle, index, address, Int32(clamping: bytes.count), SQLiteStatement.copied)
                }
            }
            guard code == SQLITE_OK else { throw DatabaseError(sqlite: code, sqlite3_db_handle(handle)) }
        }
    }

    /// Goes to the next row; false at the end.
    func step() throws(DatabaseError) -> Bool {
        stepCount &+= 1
        let code = sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw DatabaseError(sqlite: code, sqlite3_db_handle(handle))
        }
    }

    /// Ends the run, so that the statement can be started again.
    func reset() {
        stepCount &+= 1
        // Its code repeats what the last step told.
        sqlite3_reset(handle)
    }

    /// Frees the bound values, which would otherwise stay until the next run.
    func clear() {
        sqlite3_clear_bindings(handle)
    }

    func integer(_ column: Int) -> Int64 {
        sqlite3_column_int64(handle, Int32(truncatingIfNeeded: column))
    }

    func text(_ column: Int) -> String {
        let index = Int32(truncatingIfNeeded: column)
        guard let bytes = sqlite3_column_text(handle, index) else { return "" }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, index))), as: UTF8.self)
    }

    func blob(_ column: Int) -> [UInt8] {
        let index = Int32(truncatingIfNeeded: column)
        guard let bytes = sqlite3_column_blob(handle, index) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, index))))
    }

    func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(handle, Int32(truncatingIfNeeded: column)) == SQLITE_NULL
    }

    /// Appends the values of the current row.
    func appendValues(to values: inout [SQLValue]) {
        for column in 0..<columnCount {
            switch sqlite3_column_type(handle, Int32(truncatingIfNeeded: column)) {
            case SQLITE_INTEGER, SQLITE_FLOAT: values.append(.integer(integer(column)))
            case SQLITE_TEXT: values.append(.text(text(column)))
            case SQLITE_BLOB: values.append(.blob(blob(column)))
            default: values.append(.null)
            }
        }
    }

    /// SQLITE_TRANSIENT, a macro that is a pointer of value −1: the engine copies the bytes before the call returns.
    nonisolated(unsafe) private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

extension DatabaseError {
    /// The error that an engine's answer stands for.
    init(sqlite code: Int32, _ connection: OpaquePointer?) {
        let extended = connection.map { sqlite3_extended_errcode($0) } ?? code
        let message = connection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? String(cString: sqlite3_errstr(code))
        switch code & 0xff {
        case SQLITE_CONSTRAINT:
            // Extended codes are the basic one plus a kind in the next byte.
            let constraint: Constraint =
                switch extended >> 8 {
                case 1: .check
                case 3: .foreignKey
                case 5: .notNull
                case 6, 8, 10: .unique
                default: .other
                }
            self = .constraint(constraint, message: message)
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_FULL: self = .full
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(message: message)
        case SQLITE_IOERR: self = .inputOutput(code: extended, message: message)
        case SQLITE_CANTOPEN: self = .cannotOpen(message: message)
        case SQLITE_READONLY: self = .readOnly
        case SQLITE_ERROR, SQLITE_RANGE, SQLITE_MISUSE: self = .statement(message: message)
        default: self = .other(code: extended, message: message)
        }
    }
}

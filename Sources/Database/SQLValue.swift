public import MatrixModel

/// A value as the database stores it.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

/// What can stand in the interpolation of an `SQL`.
public protocol SQLConvertible {
    /// The value that is bound.
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLConvertible {
    public var sqlValue: SQLValue { self }
}

extension Int: SQLConvertible {
    public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int64: SQLConvertible {
    public var sqlValue: SQLValue { .integer(self) }
}

extension Bool: SQLConvertible {
    public var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension String: SQLConvertible {
    public var sqlValue: SQLValue { .text(self) }
}

extension Substring: SQLConvertible {
    public var sqlValue: SQLValue { .text(String(self)) }
}

extension Array: SQLConvertible where Element == UInt8 {
    public var sqlValue: SQLValue { .blob(self) }
}

extension ArraySlice: SQLConvertible where Element == UInt8 {
    public var sqlValue: SQLValue { .blob(Array(self)) }
}

extension Optional: SQLConvertible where Wrapped: SQLConvertible {
    public var sqlValue: SQLValue {
        switch self {
        case .some(let value): value.sqlValue
        case .none: .null
        }
    }
}

extension ServerName: SQLConvertible {
    public var sqlValue: SQLValue { .text(description) }
}

extension UserID: SQLConvertible {
    public var sqlValue: SQLValue { .text(description) }
}

extension RoomID: SQLConvertible {
    public var sqlValue: SQLValue { .text(description) }
}

extension RoomAlias: SQLConvertible {
    public var sqlValue: SQLValue { .text(description) }
}

extension EventID: SQLConvertible {
    public var sqlValue: SQLValue { .text(description) }
}

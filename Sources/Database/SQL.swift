/// A statement and the values bound to it: `"SELECT name FROM rooms WHERE room = \(room)"` binds `room` and never becomes part of the text.
///
/// The text alone names the prepared statement in each connection's cache, so it should not vary more than it must.
public struct SQL: ExpressibleByStringInterpolation, Sendable, Hashable {
    /// The statement, with one `?` for each value.
    public internal(set) var text: String
    /// The bound values, in order.
    public internal(set) var arguments: [SQLValue]

    public init(stringLiteral value: String) {
        text = value
        arguments = []
    }

    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// A statement that exists only as data, which migrations and the driver's own texts are.
    init(text: String, arguments: [SQLValue] = []) {
        self.text = text
        self.arguments = arguments
    }

    /// The values of an `IN`: `"… WHERE room IN (\(SQL.list(rooms)))"`. An empty list matches nothing.
    public static func list(_ values: some Sequence<some SQLConvertible>) -> List {
        // A key path would be looked up by its generic type each time.
        List(values: values.map { $0.sqlValue })
    }

    /// The values of an `IN`.
    public struct List: Sendable, Hashable {
        let values: [SQLValue]
    }

    /// Collects the literal and bound parts of a statement.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var sql: SQL

        public init(literalCapacity: Int, interpolationCount: Int) {
            sql = SQL(text: "")
            sql.text.reserveCapacity(literalCapacity + interpolationCount)
            sql.arguments.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) {
            sql.text.append(literal)
        }

        /// Binds an integer.
        public mutating func appendInterpolation(_ value: Int64) {
            bind(.integer(value))
        }

        /// Binds an integer.
        public mutating func appendInterpolation(_ value: Int) {
            bind(.integer(Int64(value)))
        }

        /// Binds a text.
        public mutating func appendInterpolation(_ value: String) {
            bind(.text(value))
        }

        /// Binds bytes.
        public mutating func appendInterpolation(_ value: [UInt8]) {
            bind(.blob(value))
        }

        /// Binds any value that can be stored.
        public mutating func appendInterpolation(_ value: some SQLConvertible) {
            bind(value.sqlValue)
        }

        /// Binds a value, or NULL for nil.
        public mutating func appendInterpolation<Value: SQLConvertible>(_ value: Value?) {
            bind(value.sqlValue)
        }

        /// Binds the values of an `IN`, with parentheses where the text has not opened any.
        ///
        /// The count is rounded up to a power of two by repeating the last value, so that few texts exist.
        public mutating func appendInterpolation(_ list: List) {
            let isOpened = sql.text.utf8.last == UInt8(ascii: "(")
            if !isOpened { sql.text.append("(") }
            if let last = list.values.last {
                var count = 1
                while count < list.values.count { count *= 2 }
                sql.text.append("?")
                for _ in 1..<count { sql.text.append(", ?") }
                sql.arguments.append(contentsOf: list.values)
                sql.arguments.append(contentsOf: repeatElement(last, count: count - list.values.count))
            } else {
                sql.text.append("SELECT NULL WHERE FALSE")
            }
            if !isOpened { sql.text.append(")") }
        }

        /// Takes in another statement's text and values.
        public mutating func appendInterpolation(_ fragment: SQL) {
            sql.text.append(fragment.text)
            sql.arguments.append(contentsOf: fragment.arguments)
        }

        /// Puts a fragment that is known when compiling into the text.
        public mutating func appendInterpolation(raw fragment: StaticString) {
            sql.text.append(fragment.description)
        }

        private mutating func bind(_ value: SQLValue) {
            sql.text.append("?")
            sql.arguments.append(value)
        }
    }
}

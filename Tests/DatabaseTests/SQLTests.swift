import Testing

@testable import Database

struct SQLTests {
    @Test func `interpolated values are bound and never become text`() {
        let name = "'; DROP TABLE users; --"
        let sql: SQL = "SELECT 1 FROM users WHERE name = \(name) AND age > \(18) AND key = \([1, 2] as [UInt8])"
        #expect(sql.text == "SELECT 1 FROM users WHERE name = ? AND age > ? AND key = ?")
        #expect(sql.arguments == [.text(name), .integer(18), .blob([1, 2])])
    }

    @Test func `nil binds NULL and a value in an optional binds the value`() {
        let absent: String? = nil
        let present: Int64? = 7
        let sql: SQL = "VALUES (\(absent), \(present), \(true))"
        #expect(sql.arguments == [.null, .integer(7), .integer(1)])
    }

    @Test func `a raw fragment becomes text`() {
        let sql: SQL = "SELECT \(raw: "name") FROM users"
        #expect(sql.text == "SELECT name FROM users")
        #expect(sql.arguments.isEmpty)
    }

    @Test func `a statement within a statement keeps the order of values`() {
        let condition: SQL = "a = \(2)"
        let sql: SQL = "SELECT \(1) WHERE \(condition) AND b = \(3)"
        #expect(sql.text == "SELECT ? WHERE a = ? AND b = ?")
        #expect(sql.arguments == [.integer(1), .integer(2), .integer(3)])
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 4), (5, 8), (9, 16)])
    func `a list is padded to a power of two`(count: Int, places: Int) {
        let sql: SQL = "x IN (\(SQL.list(Array(1...count))))"
        #expect(sql.arguments.count == places)
        #expect(sql.text.utf8.count { $0 == UInt8(ascii: "?") } == places)
        #expect(Set(sql.arguments).count == count)
    }

    @Test func `a list brings its own parentheses where the text has none`() {
        let bare: SQL = "x IN \(SQL.list([1, 2]))"
        let enclosed: SQL = "x IN (\(SQL.list([1, 2])))"
        #expect(bare == enclosed)
    }

    @Test func `an empty list matches nothing and its negation everything`() async throws {
        let database = try await Database.memory().withNotes()
        try await database.write { _ = try $0.execute("INSERT INTO notes (text) VALUES ('a'), ('b')") }
        let none: [Int] = []
        let (within, without) = try await database.read { transaction in
            (
                try transaction.rows("SELECT 1 FROM notes WHERE note IN (\(SQL.list(none)))").count,
                try transaction.rows("SELECT 1 FROM notes WHERE note NOT IN (\(SQL.list(none)))").count
            )
        }
        #expect(within == 0)
        #expect(without == 2)
    }

    @Test(arguments: [
        SQLValue.null, .integer(.min), .integer(.max), .integer(0), .text(""), .text("a\0b"), .text("😀 𝄞 é"),
        .text(String(repeating: "x", count: 100_000)),
        .blob([]), .blob([0, 255, 0]), .blob(Array(repeating: 7, count: 100_000)),
    ])
    func `a value comes back as it went in`(value: SQLValue) async throws {
        let database = try Database.memory()
        let (whole, cursor) = try await database.read { transaction in
            let query: SQL = "SELECT \(value)"
            func read(_ row: Row) -> SQLValue {
                if row.isNull(0) { return .null }
                switch value {
                case .null: return .text("not NULL")
                case .integer: return .integer(row.int(0))
                case .text: return .text(row.text(0))
                case .blob: return .blob(row.blob(0))
                }
            }
            return (try transaction.first(query).map(read), try transaction.first(query, read))
        }
        #expect(whole == value)
        #expect(cursor == value)
    }
}

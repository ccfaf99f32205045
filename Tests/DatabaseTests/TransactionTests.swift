import Testing

@testable import Database

struct TransactionTests {
    @Test func `optional getters tell NULL from empty values`() async throws {
        let database = try Database.memory()
        let row = try await database.read { transaction in
            try transaction.first("SELECT NULL, '', x'', 0, NULL").map { row in
                [
                    row.optionalText(0) == nil, row.optionalText(1) == "", row.optionalBlob(2) == [], row.optionalInteger(3) == 0,
                    row.optionalBool(3) == false, row.optionalInt(4) == nil, row.optionalBlob(0) == nil, row.optionalBool(0) == nil,
                ]
            }
        }
        #expect(row == Array(repeating: true, count: 8))
    }

    @Test func `execute counts the rows that it changed`() async throws {
        let database = try await Database.memory().withNotes()
        let counts = try await database.write { transaction in
            [
                try transaction.execute("INSERT INTO notes (text) VALUES ('a'), ('b'), ('c')"),
                try transaction.execute("UPDATE notes SET text = text || '!' WHERE note > \(1)"),
                try transaction.execute("DELETE FROM notes WHERE note = \(9)"),
                try transaction.execute("SELECT 1"),
            ]
        }
        #expect(counts == [3, 2, 0, 0])
    }

    @Test func `RETURNING gives rows of a change that is kept`() async throws {
        let database = try await Database.memory().withNotes()
        let note = try await database.write { try $0.first("INSERT INTO notes (text) VALUES ('a') RETURNING note")?.int(0) }
        #expect(note == 1)
        #expect(try await database.notes() == ["a"])
    }

    @Test func `the same statement can run within itself`() async throws {
        let database = try Database.memory()
        let pairs = try await database.read { transaction in
            let query: SQL = "SELECT 1 UNION SELECT 2 ORDER BY 1"
            return try transaction.map(query) { outer in try transaction.map(query) { inner in [outer.int(0), inner.int(0)] } }
        }
        #expect(pairs == [[[1, 1], [1, 2]], [[2, 1], [2, 2]]])
    }

    @Test func `a thrown error ends the statement and leaves the transaction usable`() async throws {
        struct Stop: Error {}
        let database = try await Database.memory().withNotes()
        try await database.write { transaction in
            try transaction.execute("INSERT INTO notes (text) VALUES ('a'), ('b')")
            #expect(throws: Stop.self) { try transaction.forEach("SELECT note FROM notes") { _ in throw Stop() } }
            try transaction.execute("DROP TABLE notes")
        }
    }

    @Test func `an inner savepoint is undone alone`() async throws {
        struct Stop: Error {}
        let database = try await Database.memory().withNotes()
        try await database.write { transaction in
            try transaction.execute("INSERT INTO notes (text) VALUES ('kept')")
            #expect(throws: Stop.self) {
                try transaction.savepoint {
                    try transaction.execute("INSERT INTO notes (text) VALUES ('undone')")
                    throw Stop()
                }
            }
            try transaction.savepoint { try transaction.execute("INSERT INTO notes (text) VALUES ('kept too')") }
        }
        #expect(try await database.notes() == ["kept", "kept too"])
    }

    @Test func `more statements than the cache holds still work`() async throws {
        let database = try Database.memory()
        let sum = try await database.read { transaction in
            var sum: Int64 = 0
            for round in 0..<2 {
                for number in 0..<600 {
                    let sql = SQL(text: "SELECT \(number) + ?", arguments: [.integer(Int64(round))])
                    sum += try transaction.first(sql)?.int(0) ?? 0
                }
            }
            return sum
        }
        #expect(sum == 2 * (599 * 600 / 2) + 600)
    }

    @Test func `each broken constraint has its kind`() async throws {
        let database = try Database.memory()
        try await database.write { transaction in
            try transaction.execute("CREATE TABLE parents (parent INTEGER PRIMARY KEY)")
            try transaction.execute(
                """
                CREATE TABLE children (child INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents (parent),
                    name TEXT UNIQUE, age INTEGER CHECK (age >= 0))
                """)
            try transaction.execute("INSERT INTO parents (parent) VALUES (1)")
            try transaction.execute("INSERT INTO children (child, parent, name) VALUES (1, 1, 'a')")
        }
        let cases: [(SQL, DatabaseError.Constraint)] = [
            ("INSERT INTO children (child, parent) VALUES (1, 1)", .unique),
            ("INSERT INTO children (parent, name) VALUES (1, 'a')", .unique),
            ("INSERT INTO children (parent) VALUES (NULL)", .notNull),
            ("INSERT INTO children (parent, age) VALUES (1, -1)", .check),
            ("INSERT INTO children (parent) VALUES (2)", .foreignKey),
        ]
        for (sql, expected) in cases {
            let error = await #expect(throws: DatabaseError.self) { try await database.write { _ = try $0.execute(sql) } }
            guard case .constraint(let constraint, let message) = error else {
                Issue.record("\(sql.text) gave \(String(describing: error))")
                continue
            }
            #expect(constraint == expected)
            #expect(!message.isEmpty)
        }
    }

    @Test(arguments: ["SELEC 1", "SELECT missing FROM nowhere", "", "SELECT \"no such column\""])
    func `a malformed statement is told`(text: String) async throws {
        let database = try Database.memory()
        let error = await #expect(throws: DatabaseError.self) { try await database.read { _ = try $0.rows(SQL(text: text)) } }
        guard case .statement = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a row kept beyond its turn ends the program`() async {
        await #expect(processExitsWith: .failure) {
            let database = try Database.memory()
            try await database.read { transaction in
                var kept: [Row] = []
                try transaction.forEach("SELECT 1 UNION SELECT 2") { kept.append($0) }
                _ = kept[0].int(0)
            }
        }
    }
}

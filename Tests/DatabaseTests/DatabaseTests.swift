import Synchronization
import Testing

@testable import Database

struct DatabaseTests {
    struct Refusal: Error, Equatable {}

    @Test func `writes that wait share one transaction`() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(path: folder.databasePath).withNotes()
        let before = database.statistics
        let gate = Gate()
        let first = database.submit { _ in gate.wait() }
        let rest = (0..<100).map { number in database.submit { _ = try $0.execute("INSERT INTO notes (text) VALUES (\("note \(number)"))") } }
        gate.open()
        try await first.value
        for write in rest { try await write.value }
        #expect(database.statistics.writes - before.writes == 101)
        #expect(database.statistics.transactions - before.transactions <= 2)
        #expect(try await database.notes() == (0..<100).map { "note \($0)" })
    }

    @Test func `whoever submits hears whether the write is durable or lost`() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(path: folder.databasePath).withNotes()
        let heard = Mutex<[String]>([])
        @Sendable func note(_ text: String) { heard.withLock { $0.append(text) } }
        database.submit {
            try $0.execute("INSERT INTO notes (text) VALUES ('a')")
        } whenDurable: { _ in
            note("durable")
        } whenLost: {
            note("lost")
        }
        database.submit { _ in
            throw Refusal()
        } whenDurable: {
            note("wrongly durable")
        } whenLost: {
            note("refused")
        }
        try await database.write { _ in }
        #expect(heard.withLock { $0 } == ["durable", "refused"])
        database.close()
        database.submit { _ in
        } whenDurable: {
            note("wrongly durable")
        } whenLost: {
            note("closed")
        }
        #expect(heard.withLock { $0 } == ["durable", "refused", "closed"])
    }

    @Test func `a group is never larger than the limit`() async throws {
        let folder = try TemporaryFolder()
        var options = DatabaseOptions()
        options.largestBatch = 10
        let database = try await Database.open(path: folder.databasePath, options: options).withNotes()
        let before = database.statistics
        let gate = Gate()
        let first = database.submit { _ in gate.wait() }
        let rest = (0..<95).map { number in database.submit { _ = try $0.execute("INSERT INTO notes (text) VALUES (\("note \(number)"))") } }
        gate.open()
        try await first.value
        for write in rest { try await write.value }
        // The first may have waited long enough for nine others to join it.
        #expect((10...11).contains(database.statistics.transactions - before.transactions))
        #expect(try await database.notes().count == 95)
    }

    @Test func `concurrent writers are all stored, and a failing one is undone alone`() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(path: folder.databasePath).withNotes()
        let failures = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        try await database.write { transaction in
                            try transaction.execute("INSERT INTO notes (text) VALUES (\("note \(number)"))")
                            if number % 10 == 3 { throw Refusal() }
                        }
                        return false
                    } catch { return error is Refusal }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 20)
        database.close()
        let reopened = try Database.open(path: folder.databasePath)
        let expected = Set((0..<200).filter { $0 % 10 != 3 }.map { "note \($0)" })
        #expect(Set(try await reopened.notes()) == expected)
    }

    @Test func `a broken constraint in a group does not touch its neighbours`() async throws {
        let database = try await Database.memory().withNotes()
        let gate = Gate()
        database.submit { _ in gate.wait() }
        let good = database.submit { try $0.execute("INSERT INTO notes (text) VALUES ('same')") }
        let bad = database.submit { transaction in
            try transaction.execute("INSERT INTO notes (text) VALUES ('other')")
            return try transaction.execute("INSERT INTO notes (text) VALUES ('same')")
        }
        let last = database.submit { try $0.execute("INSERT INTO notes (text) VALUES ('last')") }
        gate.open()
        #expect(try await good.value == 1)
        let error = await #expect(throws: DatabaseError.self) { try await bad.value }
        #expect(error?.isUniqueViolation == true)
        #expect(try await last.value == 1)
        #expect(try await database.notes() == ["same", "last"])
    }

    @Test func `when the engine gives a transaction up, what was in it fails and what comes later is done`() async throws {
        let database = try await Database.memory().withNotes()
        let gate = Gate()
        database.submit { _ in gate.wait() }
        let lost = database.submit { try $0.execute("INSERT INTO notes (text) VALUES ('lost')") }
        let cause = database.submit { try $0.connection.rollBack() }
        let later = database.submit { try $0.execute("INSERT INTO notes (text) VALUES ('later')") }
        gate.open()
        let expected = DatabaseError.transactionLost(message: "the engine rolled the transaction back")
        await #expect(throws: expected) { try await lost.value }
        await #expect(throws: expected) { try await cause.value }
        #expect(try await later.value == 1)
        #expect(try await database.notes() == ["later"])
    }

    @Test func `a full database refuses what is too much and keeps the rest`() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(path: folder.databasePath).withNotes()
        try await database.write { _ = try $0.rows("PRAGMA max_page_count = 50") }
        try await database.write { _ = try $0.execute("INSERT INTO notes (text) VALUES ('fits')") }
        let tooMuch = String(repeating: "x", count: 1_000_000)
        await #expect(throws: DatabaseError.full) { try await database.write { _ = try $0.execute("INSERT INTO notes (text) VALUES (\(tooMuch))") } }
        try await database.write { _ = try $0.execute("INSERT INTO notes (text) VALUES ('fits too')") }
        #expect(try await database.notes() == ["fits", "fits too"])
    }

    @Test func `bodies run in the order in which they were submitted`() async throws {
        let database = try await Database.memory().withNotes()
        var last: PendingWrite<Int>?
        for number in 0..<1_000 { last = database.submit { try $0.execute("INSERT INTO notes (text) VALUES (\(String(number)))") } }
        _ = try await last?.value
        #expect(try await database.notes() == (0..<1_000).map(String.init))
    }

    @Test func `a pending write answers each that waits, and again later`() async throws {
        let database = try Database.memory()
        let gate = Gate()
        let write = database.submit { _ in
            gate.wait()
            return 7
        }
        async let first = write.value
        async let second = write.value
        gate.open()
        #expect(try await [first, second, write.value] == [7, 7, 7])
    }

    @Test func `a read sees one moment however long it lasts`() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(path: folder.databasePath, readers: 1).withNotes()
        try await database.write { _ = try $0.execute("INSERT INTO notes (text) VALUES ('early')") }
        let gate = Gate()
        let (started, signal) = AsyncStream<Void>.makeStream()
        async let counts = database.read { transaction in
            let before = try transaction.rows("SELECT 1 FROM notes").count
            signal.finish()
            gate.wait()
            return [before, try transaction.rows("SELECT 1 FROM notes").count]
        }
        for await _ in started {}
        try await database.write { _ = try $0.execute("INSERT INTO notes (text) VALUES ('late')") }
        gate.open()
        #expect(try await counts == [1, 1])
        #expect(try await database.notes() == ["early", "late"])
    }

    @Test(arguments: [true, false])
    func `a read may change nothing, and what follows may`(inMemory: Bool) async throws {
        let folder = try TemporaryFolder()
        let database = try await (inMemory ? Database.memory() : Database.open(path: folder.databasePath)).withNotes()
        await #expect(throws: DatabaseError.readOnly) {
            try await database.read { _ = try $0.execute("INSERT INTO notes (text) VALUES ('no')") }
        }
        try await database.write { _ = try $0.execute("INSERT INTO notes (text) VALUES ('yes')") }
        #expect(try await database.notes() == ["yes"])
    }

    @Test func `a read of a database in memory sees only what is committed`() async throws {
        let database = try await Database.memory().withNotes()
        let gate = Gate()
        database.submit { _ in gate.wait() }
        let undone = database.submit { transaction in
            try transaction.execute("INSERT INTO notes (text) VALUES ('undone')")
            throw Refusal()
        }
        async let notes = database.notes()
        gate.open()
        await #expect(throws: Refusal.self) { try await undone.value }
        #expect(try await notes == [])
    }

    @Test(arguments: [true, false])
    func `closing finishes what is queued and refuses what comes later`(inMemory: Bool) async throws {
        let folder = try TemporaryFolder()
        let database = try await (inMemory ? Database.memory() : Database.open(path: folder.databasePath)).withNotes()
        let gate = Gate()
        let first = database.submit { _ in gate.wait() }
        let queued = database.submit { try $0.execute("INSERT INTO notes (text) VALUES ('queued')") }
        gate.open()
        database.close()
        database.close()
        try await first.value
        #expect(try await queued.value == 1)
        await #expect(throws: DatabaseError.closed) { try await database.write { _ in } }
        await #expect(throws: DatabaseError.closed) { try await database.read { _ in } }
        await #expect(throws: DatabaseError.closed) { try await database.backup(to: folder.path + "/copy.sqlite") }
    }

    @Test func `a closed file stands alone, without its log`() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(path: folder.databasePath).withNotes()
        #expect(folder.exists("test.sqlite-wal"))
        database.close()
        #expect(folder.exists("test.sqlite"))
        #expect(!folder.exists("test.sqlite-wal"))
    }

    @Test func `a backup is a database of its own with all that was committed`() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(path: folder.databasePath).withNotes()
        for number in 0..<50 { try await database.write { _ = try $0.execute("INSERT INTO notes (text) VALUES (\("note \(number)"))") } }
        let copyPath = folder.path + "/copy.sqlite"
        try await database.backup(to: copyPath)
        try await database.write { _ = try $0.execute("DELETE FROM notes") }
        let copy = try Database.open(path: copyPath)
        #expect(try await copy.notes() == (0..<50).map { "note \($0)" })
        #expect(try await copy.read { try $0.first("PRAGMA integrity_check")?.text(0) } == "ok")
    }

    @Test func `a file that is no database is refused`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Array(repeating: UInt8(ascii: "x"), count: 8_192), to: "test.sqlite")
        let error = #expect(throws: DatabaseError.self) { try Database.open(path: folder.databasePath) }
        guard case .corrupt = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a folder that is not there is told`() {
        let error = #expect(throws: DatabaseError.self) { try Database.open(path: "/nonexistent/folder/test.sqlite") }
        guard case .cannotOpen = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a file is opened durable, in write-ahead mode, with foreign keys`() async throws {
        let folder = try TemporaryFolder()
        let database = try Database.open(path: folder.databasePath)
        let settings = try await database.write { transaction in
            [
                try transaction.first("PRAGMA journal_mode")?.text(0), try transaction.first("PRAGMA synchronous")?.int(0).description,
                try transaction.first("PRAGMA foreign_keys")?.int(0).description,
            ]
        }
        #expect(settings == ["wal", "2", "1"])
    }
}

import Glibc

@testable import Database

/// Stops a body on a database thread until the test lets it go.
final class Gate: Sendable {
    private let queue = JobQueue<Bool>()

    func open() {
        _ = queue.append(true)
    }

    func wait() {
        _ = queue.take(atMost: 1)
    }
}

/// A folder that is removed with its files at the end.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/martlet-database-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw DatabaseError.cannotOpen(message: "no temporary folder") }
        path = template.withUnsafeBufferPointer { String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
    }

    var databasePath: String { path + "/test.sqlite" }

    deinit {
        guard let folder = opendir(path) else { return }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { unlink(path + "/" + name) }
        }
        closedir(folder)
        rmdir(path)
    }
}

extension Database {
    /// A database with the table `notes (note INTEGER PRIMARY KEY, text TEXT UNIQUE)`.
    func withNotes() async throws -> Database {
        try await write { _ = try $0.execute("CREATE TABLE notes (note INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)") }
        return self
    }

    /// The texts of the notes, in order.
    func notes() async throws -> [String] {
        try await read { try $0.map("SELECT text FROM notes ORDER BY note") { $0.text(0) } }
    }
}

extension TemporaryFolder {
    func exists(_ name: String) -> Bool {
        access(path + "/" + name, F_OK) == 0
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        guard let file = fopen(path + "/" + name, "w") else { throw DatabaseError.cannotOpen(message: name) }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }
}

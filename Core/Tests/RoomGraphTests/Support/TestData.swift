import Foundation
import MatrixModel
import Testing

/// The shared test data; a test fails where it is missing.
enum TestData {
    /// `../shared/data` from the project's root.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../../shared/data").standardizedFileURL

    /// The bytes of a file, decompressed where its name ends in `.gz`.
    static func bytes(_ path: String) throws -> [UInt8] {
        let file = root.appending(path: path)
        guard path.hasSuffix(".gz") else { return Array(try Data(contentsOf: file)) }
        guard FileManager.default.isReadableFile(atPath: file.path) else { throw CocoaError(.fileNoSuchFile) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return Array(data)
    }

    /// A file of one JSON value.
    static func json(_ path: String) throws -> JSON { try JSON.parse(try bytes(path)) }

    /// A file of one JSON value a line.
    static func lines(_ path: String) throws -> [JSON] {
        try bytes(path).split(separator: UInt8(ascii: "\n")).filter { $0.contains { $0 != UInt8(ascii: " ") } }.map { try JSON.parse(Array($0)) }
    }
}

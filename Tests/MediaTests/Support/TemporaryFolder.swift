import Glibc

/// A folder that goes, with what is in it, at the end.
final class TemporaryFolder: Sendable {
    struct Failure: Error {}
    let path: String

    init() throws {
        var template = Array("/tmp/martlet-media-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure() }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { _ = system("rm -rf '\(path)'") }

    /// How many files there are below the folder.
    func count(_ folder: String) -> Int {
        guard let pipe = popen("find '\(path)/\(folder)' -type f | wc -l", "r") else { return -1 }
        defer { pclose(pipe) }
        var line = [CChar](repeating: 0, count: 32)
        guard fgets(&line, 32, pipe) != nil else { return -1 }
        return Int(String(decoding: line.prefix { $0 >= 48 }.map(UInt8.init(bitPattern:)), as: UTF8.self)) ?? -1
    }
}

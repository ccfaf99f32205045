import ArgumentParser
import Glibc

/// Reads files of recorded rooms, a line each.
enum RecordedRooms {
    /// The lines of a file, decompressed by `gzip` where its name ends in `.gz`.
    static func lines(of file: String) throws -> [[UInt8]] {
        let bytes = file.hasSuffix(".gz") ? try decompressed(file) : try contents(of: file)
        return bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    private static func contents(of file: String) throws -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(file) }
        defer { close(descriptor) }
        return readAll(descriptor)
    }

    /// Runs `gzip -dc` on the file and reads what it writes.
    private static func decompressed(_ file: String) throws -> [UInt8] {
        guard access(file, R_OK) == 0 else { throw unreadable(file) }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw unreadable(file) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        posix_spawn_file_actions_addclose(&actions, ends[1])
        let words: [String] = ["gzip", "-dc", "--", file]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let status = posix_spawnp(&process, "gzip", &actions, nil, &arguments, nil)
        close(ends[1])
        defer { close(ends[0]) }
        guard status == 0 else { throw unreadable(file) }
        let bytes = readAll(ends[0])
        var result: Int32 = 0
        while waitpid(process, &result, 0) < 0, errno == EINTR {}
        guard result == 0 else { throw unreadable(file) }
        return bytes
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes.append(contentsOf: buffer[..<count])
            } else if count == 0 || errno != EINTR {
                return bytes
            }
        }
    }

    private static func unreadable(_ file: String) -> ExitCode {
        StandardError.print("martlet: \(file) cannot be read")
        return ExitCode(66)
    }
}

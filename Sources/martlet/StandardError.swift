import Glibc

/// Where a command says what went wrong.
enum StandardError {
    static func print(_ line: String) { write(Array((line + "\n").utf8)) }

    /// Writes all the bytes in as few calls as the system allows, so that lines of several threads do not mix.
    static func write(_ bytes: [UInt8]) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            written += max(0, count)
        }
    }
}

import ClientServices
import Database
import Glibc
import NIOPosix

/// Hands e-mail to the operator's mail server by the program `curl`, which speaks SMTP with all that mail servers ask for.
struct CurlMail: Sendable {
    /// Why a message was not taken over.
    enum Failure: Error, CustomStringConvertible {
        /// There is no such program, or no more processes.
        case notStarted
        /// The status that curl left with, and what it said.
        case refused(status: Int32, reason: String)

        var description: String {
            switch self {
            case .notStarted: "curl could not be started"
            case .refused(let status, let reason): "curl left with status \(status): \(reason)"
            }
        }
    }

    /// Seconds that one message may take.
    private static let seconds = 30

    let configuration: MailConfiguration
    let pool: NIOThreadPool
    let environment: Environment

    var sender: MailSender {
        MailSender { mail in
            let text = MailText.message(
                mail, from: configuration.sender, now: environment.nowMilliseconds(), identifier: environment.randomToken(bytes: 18))
            let settings = settings(recipient: mail.recipient)
            try await pool.runIfActive { try CurlMail.run(settings: settings, message: text) }
        }
    }

    /// What curl is told; by a pipe, so that no password stands in a list of processes.
    private func settings(recipient: String) -> [UInt8] {
        let scheme = configuration.security == .tls ? "smtps" : "smtp"
        var lines = [
            ("url", "\(scheme)://\(configuration.host):\(configuration.port)"), ("mail-from", "<\(configuration.sender)>"),
            ("mail-rcpt", "<\(recipient)>"), ("max-time", "\(CurlMail.seconds)"), ("upload-file", "-"),
        ]
        if let username = configuration.username { lines.append(("user", "\(username):\(configuration.password?.text ?? "")")) }
        var text = "silent\nshow-error\n"
        if configuration.security == .starttls { text += "ssl-reqd\n" }
        for (name, value) in lines {
            text += "\(name) = \"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: ""))\"\n"
        }
        return Array(text.utf8)
    }

    private static func run(settings: [UInt8], message: [UInt8]) throws {
        // What is written fits into the pipes, whose room is 64 KiB: nobody waits for anybody.
        guard let (settingsEnd, settingsStart) = pipe(), let (messageEnd, messageStart) = pipe(), let (reasonEnd, reasonStart) = pipe() else {
            throw Failure.notStarted
        }
        write(settings, to: settingsStart)
        write(message, to: messageStart)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, messageEnd, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, reasonStart, STDERR_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, settingsEnd, settingsNumber)
        let words = ["curl", "--disable", "--config", "/dev/fd/\(settingsNumber)"]
        let process = withPointers(words) { arguments in
            withPointers(["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"]) { variables in
                var process = pid_t()
                return posix_spawnp(&process, "curl", &actions, nil, arguments, variables) == 0 ? process : nil
            }
        }
        for end in [settingsEnd, messageEnd, reasonStart] { close(end) }
        defer { close(reasonEnd) }
        guard let process else { throw Failure.notStarted }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure.notStarted }
        }
        guard status != 0 else { return }
        throw Failure.refused(status: status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f), reason: reason(reasonEnd))
    }

    /// The file descriptor at which the child finds its settings; above those that a child has from the start.
    private static let settingsNumber: Int32 = 9

    /// The first words that the child said of what went wrong.
    private static func reason(_ end: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 500)
        let count = read(end, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)).map { $0 < 0x20 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }

    private static func pipe() -> (end: Int32, start: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func write(_ bytes: [UInt8], to start: Int32) {
        _ = Glibc.write(start, bytes, bytes.count)
        close(start)
    }

    private static func withPointers<Value>(
        _ words: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            // The buffer holds at least the nil that ends it, so it has a base address.
            body(buffer.baseAddress!)
        }
    }
}

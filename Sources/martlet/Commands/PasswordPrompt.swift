import ArgumentParser
import Glibc

/// Asks for a password without showing it; where no person is at the other end, reads a line.
enum PasswordPrompt {
    /// A new password is asked for twice.
    static func read(isNew: Bool) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return try line() }
        let password = try hidden("Password: ")
        if isNew, try hidden("Again: ") != password {
            StandardError.print("martlet: the passwords differ")
            throw ExitCode(1)
        }
        return password
    }

    private static func hidden(_ prompt: String) throws -> String {
        StandardError.write(Array(prompt.utf8))
        var settings = termios()
        tcgetattr(STDIN_FILENO, &settings)
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
            StandardError.write([UInt8(ascii: "\n")])
        }
        return try line()
    }

    private static func line() throws -> String {
        guard let line = readLine(), !line.isEmpty else {
            StandardError.print("martlet: no password was given")
            throw ExitCode(1)
        }
        return line
    }
}

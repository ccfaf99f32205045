import ArgumentParser
import ClientServices
import Database
import MatrixModel
import NIOPosix

/// `martlet user`
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Make accounts and set passwords, also while the server runs.",
        subcommands: [AddUserCommand.self, PasswordCommand.self])
}

/// `martlet user add`
struct AddUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Make an account; the password is asked for, or read from a pipe.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The name before the colon, such as alice.") var name: String
    @Flag(help: "Make the account an administrator of this server.") var admin = false
    @Option(name: .customLong("display-name"), help: "The name that others see.") var displayName: String?

    func run() async throws {
        let (name, admin, displayName) = (name, admin, displayName)
        try await UserCommand.with(options) { accounts in
            let user = try await accounts.add(
                username: name, password: try PasswordPrompt.read(isNew: true), isAdmin: admin, displayName: displayName)
            print("Made \(user)\(admin ? ", an administrator" : "").")
        }
    }
}

/// `martlet user password`
struct PasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Set an account's password and end its sessions; it is asked for, or read from a pipe.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The name before the colon, or the whole user ID.") var name: String

    func run() async throws {
        let name = name
        try await UserCommand.with(options) { accounts in
            try await accounts.setPassword(try PasswordPrompt.read(isNew: true), username: name)
            print("The password of \(name) is set.")
        }
    }
}

extension UserCommand {
    /// Runs the body with the accounts of the configured server and says what it refuses.
    static func with(_ options: ConfigurationOptions, _ body: (AccountService) async throws -> Void) async throws {
        let configuration = try options.load()
        let folder = try DataFolder(path: configuration.dataDirectory)
        let database = try await Wiring.database(configuration, in: folder)
        defer { database.close() }
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        do {
            try await body(Wiring.accounts(configuration, database: database, hashingPool: pool))
        } catch let error as MatrixError {
            StandardError.print("martlet: \(error.message)")
            try? await pool.shutdownGracefully()
            throw ExitCode(1)
        }
        try await pool.shutdownGracefully()
    }
}

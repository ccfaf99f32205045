import ArgumentParser

/// `martlet check-config`
struct CheckConfigurationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config", abstract: "Read the configuration and say what it amounts to, without starting anything.")

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let configuration = try options.load()
        for warning in configuration.warnings { StandardError.print("Warning: \(warning)") }
        for line in configuration.summary { print(line) }
        print("The configuration is valid.")
    }
}

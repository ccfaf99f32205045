import ArgumentParser

/// Where a command finds the configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration file. Default: $MARTLET_CONFIG, or martlet.yaml in the working folder where there is one.",
            valueName: "file"))
    var config: String?

    /// The configuration; on an error prints it and leaves with status 78, as sysexits.h has it.
    func load() throws -> Configuration {
        do {
            return try Configuration.load(path: config, environment: .ofProcess())
        } catch {
            StandardError.print("martlet: \(error)")
            throw ExitCode(78)
        }
    }
}

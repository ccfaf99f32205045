import ArgumentParser

/// The command line of the homeserver.
@main struct Martlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet", abstract: "A Matrix homeserver.", version: MartletVersion.current,
        subcommands: [
            ServeCommand.self, UserCommand.self, ReplayCommand.self, KeysCommand.self, CheckConfigurationCommand.self, VersionCommand.self,
            ThumbnailCommand.self,
        ])
}

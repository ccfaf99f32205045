import ArgumentParser
import ClientServices
import Database
import HTTPGateway
import Logging
import MatrixModel
import ServiceLifecycle
import UnixSignals

/// `martlet serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Run the server until it is told to stop.")

    /// How long requests and queues may take to end after SIGTERM.
    private static let graceSeconds = 15

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try options.load()
        let environment = Wiring.environment()
        let (level, format, now) = (configuration.logging.level, configuration.logging.format, environment.nowMilliseconds)
        LoggingSystem.bootstrap { label in
            switch format {
            case .text: TextLogHandler(label: label, level: level, nowMilliseconds: now)
            case .json: JSONLogHandler(label: label, level: level, nowMilliseconds: now)
            }
        }
        let logger = Logger(label: "martlet")
        for warning in configuration.warnings { logger.warning("\(warning)") }
        do {
            try await serve(configuration, environment: environment, logger: logger)
        } catch {
            logger.critical("The server cannot run", metadata: ["reason": "\(error)"])
            throw ExitCode(1)
        }
        logger.info("Ended cleanly")
    }

    private func serve(_ configuration: Configuration, environment: Environment, logger: Logger) async throws {
        let folder = try DataFolder(path: configuration.dataDirectory)
        try folder.lock()
        let house = try await Wiring.house(configuration, in: folder, environment: environment, logger: logger)
        let firstAdministratorToken = try await house.accounts.bootstrap.begin(house.accounts.accounts)
        let announcement = Announcement(
            configuration: configuration, file: options.config, firstAdministratorToken: firstAdministratorToken)
        let gateway = try Gateway(
            routes: house.routes, ports: house.ports, logger: Logger(label: "gateway"), monotonicMicroseconds: Wiring.monotonicMicroseconds)
        let listeners = try gateway.services(for: configuration.listeners) { announcement.note($0) }
        var group = ServiceGroupConfiguration(
            services: house.services.map { BackgroundService(work: $0) } + listeners, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "lifecycle"))
        group.maximumGracefulShutdownDuration = .seconds(ServeCommand.graceSeconds)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            await house.close()
            throw error
        }
        await house.close()
    }
}

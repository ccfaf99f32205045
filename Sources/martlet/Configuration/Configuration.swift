import ClientServices
import Federation
import FoundationEssentials
import HTTPGateway
import MatrixModel
import Media
import Yams

/// What the operator has decided; every key has its entry in Documentation/Operating.md and in martlet.example.yaml.
struct Configuration: Sendable {
    var serverName: ServerName
    /// Whether the operator gave the name, rather than leave it at `localhost`.
    var hasOwnServerName: Bool
    var dataDirectory: String
    var listeners: [Listener]
    var federation: FederationConfiguration
    var registration: RegistrationConfiguration
    /// Nil where no mail server is set.
    var mail: MailConfiguration?
    var rooms: RoomSettings
    var turn: TURNConfiguration?
    var rateLimits: RateLimits
    var logging: LoggingConfiguration
    var applicationServices: [ApplicationServiceRegistration]
    var wellKnown: WellKnownConfiguration
    var database: DatabaseConfiguration
    var media: MediaRepository.Settings
    var web: WebConfiguration
    var isTesting: Bool
    /// What is worth saying, though nothing is wrong enough to refuse.
    var warnings: [String]

    /// The configuration of a file and the environment; where `path` is nil, of the file that the environment names, or martlet.yaml in the
    /// working folder, or of none at all.
    static func load(path: String?, environment: EnvironmentSettings) throws(ConfigurationError) -> Configuration {
        var file = path ?? environment.file
        if file == nil, FileManager.default.fileExists(atPath: "martlet.yaml") { file = "martlet.yaml" }
        guard let file else { return try read("", file: "martlet.yaml", environment: environment) }
        let text: String
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw .unreadable(file: file, reason: FileManager.default.fileExists(atPath: file) ? "it is not readable text" : "there is none")
        }
        return try read(text, file: file, environment: environment)
    }

    private static func read(_ text: String, file: String, environment: EnvironmentSettings) throws(ConfigurationError) -> Configuration {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw .syntax(file: file, reason: "\(error)")
        }
        var mapping: Node.Mapping?
        if let node, node.null == nil {
            guard case .mapping(let found) = node else { throw .syntax(file: file, reason: "the file must be a mapping of keys to values.") }
            mapping = found
        }
        let root = ConfigurationSection(path: "", mapping: mapping, environment: environment)
        var configuration = try Configuration(root)
        try root.finish()
        try configuration.check()
        for unknown in environment.unknown {
            let hint = unknown.suggestion.map { " Did you mean \($0)?" } ?? ""
            configuration.warnings.append("The variable \(unknown.name) is not a setting.\(hint)")
        }
        return configuration
    }

    private init(_ root: ConfigurationSection) throws(ConfigurationError) {
        warnings = []
        let name = try root.string("server_name")
        guard let serverName = ServerName(name ?? "localhost") else {
            throw .invalid("server_name", reason: "'\(name ?? "")' is not a server name, such as example.org or example.org:8448.")
        }
        self.serverName = serverName
        hasOwnServerName = name != nil
        dataDirectory = try root.string("data_directory") ?? "./data"
        isTesting = try root.bool("testing") ?? false
        listeners = try Configuration.listeners(root)
        let isLocalTrial = name == nil && listeners.allSatisfy { AddressScope(of: $0.address) == .thisMachine }
        federation = try FederationConfiguration(try root.section("federation"), isOnByDefault: name != nil, isTesting: isTesting)
        registration = try RegistrationConfiguration(
            try root.section("registration"), defaultMode: isLocalTrial || isTesting ? .open : .closed, isTesting: isTesting)
        mail = try MailConfiguration(try root.section("email"))
        rooms = try RoomSettings(try root.section("rooms"))
        rooms.callTransports = try CallConfiguration.transports(try root.section("rtc"))
        let presence = try root.section("presence")
        rooms.showsPresence = try presence.bool("enabled") ?? true
        try presence.finish()
        turn = try TURNConfiguration.read(try root.section("turn"))
        rateLimits = try Configuration.rateLimits(try root.section("rate_limits"), isTesting: isTesting)
        logging = try LoggingConfiguration(try root.section("logging"))
        wellKnown = try WellKnownConfiguration(try root.section("well_known"))
        database = try DatabaseConfiguration(try root.section("database"))
        media = try MediaRepository.Settings(try root.section("media"))
        media.web.dnsServers = federation.transport.dnsServers
        media.web.additionalAuthorities = federation.transport.additionalAuthorities
        web = try WebConfiguration(try root.section("web"))
        applicationServices = []
        for path in try root.strings("application_services") ?? [] {
            applicationServices.append(try ApplicationServiceFile.read(path))
        }
    }

    /// What no single key shows to be wrong.
    private func check() throws(ConfigurationError) {
        if mail != nil, wellKnown.client == nil {
            throw .invalid("well_known.client", reason: "set it for e-mail: the links in messages begin with it.")
        }
        if registration.email == .required, mail == nil {
            throw .invalid("registration.email", reason: "to require an e-mail address, set a mail server in the section 'email'.")
        }
        if isTesting, let open = listeners.first(where: { AddressScope(of: $0.address) == .anywhere }) {
            throw .invalid(
                "testing", reason: "testing mode turns protections off and is refused with a listener on a public address (\(open.address)).")
        }
        if federation.isEnabled, !hasOwnServerName {
            throw .invalid("federation.enabled", reason: "set server_name first; other servers cannot reach 'localhost'.")
        }
    }
}

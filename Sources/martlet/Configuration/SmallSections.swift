import Database
import Logging
import MatrixModel

/// What the configuration says about the log.
struct LoggingConfiguration: Sendable {
    /// How a line of the log is written.
    enum Format: String, CaseIterable, Sendable {
        case text, json
    }

    var level: Logger.Level
    var format: Format

    init(_ section: ConfigurationSection) throws(ConfigurationError) {
        level = try section.choice("level") ?? .info
        format = try section.choice("format") ?? .text
        try section.finish()
    }
}

/// What the configuration says about the documents under `/.well-known/matrix`.
struct WellKnownConfiguration: Sendable {
    /// The base URL that clients are told.
    var client: String?
    /// Host and port that other servers are told.
    var server: ServerName?
    var supportPage: String?
    var supportContacts: [JSONValue]

    init(_ section: ConfigurationSection) throws(ConfigurationError) {
        client = try section.string("client")
        if let client, !client.hasPrefix("http://"), !client.hasPrefix("https://") {
            throw .invalid(section.name(of: "client"), reason: "'\(client)' is not a URL such as https://matrix.example.org.")
        }
        if let text = try section.string("server") {
            server = ServerName(text)
            if server == nil {
                throw .invalid(section.name(of: "server"), reason: "'\(text)' is not a host with an optional port, such as matrix.example.org:443.")
            }
        }
        supportPage = try section.string("support_page")
        supportContacts = []
        for contact in try section.sections("support_contacts") ?? [] {
            var members: JSONValue = ["role": .string(try contact.string("role") ?? "m.role.admin")]
            if let id = try contact.string("matrix_id") { members["matrix_id"] = .string(id) }
            if let address = try contact.string("email_address") { members["email_address"] = .string(address) }
            try contact.finish()
            supportContacts.append(members)
        }
        try section.finish()
    }
}

/// What the configuration says about the database.
struct DatabaseConfiguration: Sendable {
    /// The file; nil for martlet.db in the data folder.
    var path: String?
    var options: DatabaseOptions

    init(_ section: ConfigurationSection) throws(ConfigurationError) {
        path = try section.string("path")
        options = DatabaseOptions()
        if let cache = try section.integer("cache_megabytes") {
            guard (1...65_536).contains(cache) else { throw .invalid(section.name(of: "cache_megabytes"), reason: "must be 1 to 65536.") }
            options.writerCacheKibibytes = cache * 512
            options.readerCacheKibibytes = cache * 512 / max(1, options.readers)
        }
        if let readers = try section.integer("readers") {
            guard (1...64).contains(readers) else { throw .invalid(section.name(of: "readers"), reason: "must be 1 to 64.") }
            options.readers = readers
        }
        try section.finish()
    }
}

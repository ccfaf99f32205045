import ClientServices

/// The mail server that takes this server's e-mail, as the configuration tells it.
struct MailConfiguration: Sendable {
    /// How the connection to the mail server is kept secret.
    enum Security: String, CaseIterable, Sendable {
        /// Turned on after the greeting, and refused where it cannot be.
        case starttls
        /// From the first byte on.
        case tls
        /// Not at all: for a mail server on this machine.
        case none
    }

    var host: String
    var port: Int
    var security: Security
    var username: String?
    var password: Secret?
    /// The address that mail comes from, `noreply@example.org`.
    var sender: String

    /// Nil where no mail server is set.
    init?(_ section: ConfigurationSection) throws(ConfigurationError) {
        let host = try section.string("smtp_host")
        let security: Security? = try section.choice("security")
        let port = try section.integer("smtp_port")
        username = try section.string("username")
        password = try section.string("password").map { Secret($0) }
        let from = try section.string("from")
        try section.finish()
        guard let host else { return nil }
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") }), !host.isEmpty else {
            throw .invalid(section.name(of: "smtp_host"), reason: "'\(host)' is not the name of a host.")
        }
        self.host = host
        self.security = security ?? .starttls
        self.port = port ?? (self.security == .tls ? 465 : 587)
        guard (1...65_535).contains(self.port) else { throw .invalid(section.name(of: "smtp_port"), reason: "must be 1 to 65535.") }
        guard let from, from.contains("@"), from.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") })
        else {
            throw .invalid(section.name(of: "from"), reason: "give the address that mail comes from, such as noreply@example.org.")
        }
        sender = from
    }
}

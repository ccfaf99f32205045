import Federation
import MatrixModel

/// What the configuration says about other servers.
struct FederationConfiguration: Sendable {
    var isEnabled: Bool
    var transport: NetworkTransport.Options
    /// Servers that are asked for other servers' keys.
    var trustedKeyServers: [ServerName]

    init(_ section: ConfigurationSection, isOnByDefault: Bool, isTesting: Bool) throws(ConfigurationError) {
        isEnabled = try section.bool("enabled") ?? isOnByDefault
        transport = NetworkTransport.Options()
        transport.additionalAuthorities = try section.strings("trusted_certificate_authorities") ?? []
        transport.allowedRanges = try FederationConfiguration.ranges("allow_private_ranges", section)
        if isTesting { transport.allowedRanges += ["0.0.0.0/0", "::/0"].compactMap { AddressRange($0) } }
        transport.deniedRanges = try FederationConfiguration.ranges("deny_ranges", section)
        transport.dnsServers = try section.string("dns_servers")
        if let port = try section.integer("well_known_port") {
            guard isTesting, (1...65_535).contains(port) else {
                throw .invalid(section.name(of: "well_known_port"), reason: "a port, and only with testing: true.")
            }
            transport.wellKnownPort = port
        }
        trustedKeyServers = []
        for text in try section.strings("trusted_key_servers") ?? [] {
            guard let server = ServerName(text) else {
                throw .invalid(section.name(of: "trusted_key_servers"), reason: "'\(text)' is not a server name.")
            }
            trustedKeyServers.append(server)
        }
        try section.finish()
    }

    /// A list of ranges of addresses.
    static func ranges(_ key: String, _ section: ConfigurationSection) throws(ConfigurationError) -> [AddressRange] {
        var ranges: [AddressRange] = []
        for text in try section.strings(key) ?? [] {
            guard let range = AddressRange(text) else {
                throw .invalid(section.name(of: key), reason: "'\(text)' is not a range such as 10.0.0.0/8.")
            }
            ranges.append(range)
        }
        return ranges
    }
}

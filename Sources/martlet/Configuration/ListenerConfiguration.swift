import HTTPGateway

extension Configuration {
    /// The port that clients of a local trial expect.
    private static let defaultPort = 8008

    /// `listeners`; both loopback addresses where there is no such key, IPv6 only on machines that have it.
    static func listeners(_ root: ConfigurationSection) throws(ConfigurationError) -> [Listener] {
        guard let sections = try root.sections("listeners") else {
            return [
                Listener(address: "127.0.0.1", port: defaultPort), Listener(address: "::1", port: defaultPort, isOptional: true),
            ]
        }
        guard !sections.isEmpty else { throw .invalid("listeners", reason: "there must be at least one.") }
        var listeners: [Listener] = []
        for section in sections { listeners.append(try listener(section)) }
        return listeners
    }

    private static func listener(_ section: ConfigurationSection) throws(ConfigurationError) -> Listener {
        let address = try section.string("address") ?? "127.0.0.1"
        let port = try section.integer("port") ?? defaultPort
        guard (0...65_535).contains(port) else { throw .invalid(section.name(of: "port"), reason: "\(port) is not a port.") }
        let tlsSection = try section.section("tls")
        let certificate = try tlsSection.string("certificate")
        let privateKey = try tlsSection.string("private_key")
        try tlsSection.finish()
        var tls: TLSFiles?
        switch (certificate, privateKey) {
        case (let certificate?, let privateKey?): tls = TLSFiles(certificate: certificate, privateKey: privateKey)
        case (nil, nil): tls = nil
        case (_?, nil): throw .invalid(section.name(of: "tls"), reason: "private_key is missing.")
        case (nil, _?): throw .invalid(section.name(of: "tls"), reason: "certificate is missing.")
        }
        let isBehindProxy = try section.bool("behind_proxy") ?? false
        try section.finish()
        return Listener(address: address, port: port, tls: tls, isBehindProxy: isBehindProxy)
    }
}

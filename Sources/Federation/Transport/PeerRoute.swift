/// Where requests for a server go, and what the other end must prove ("Resolving server names").
public struct PeerRoute: Hashable, Sendable {
    /// The `Host` header.
    public let host: String
    /// What the certificate must name; nil for plain HTTP, which no other homeserver is spoken to by.
    public let subject: CertificateSubject?
    /// In the order to try them.
    public let endpoints: [Endpoint]

    /// A host and port.
    public struct Endpoint: Hashable, Sendable {
        public let host: Host
        public let port: Int

        public init(host: Host, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// A name to look up, or an address.
    public enum Host: Hashable, Sendable {
        case name(String)
        case address(IPAddress)
    }

    public init(host: String, subject: CertificateSubject?, endpoints: [Endpoint]) {
        self.host = host
        self.subject = subject
        self.endpoints = endpoints
    }
}

/// A server name taken apart: `host[:port]`.
struct ServerNameParts: Hashable, Sendable {
    let host: PeerRoute.Host
    /// The host as it stands in the name, an IPv6 literal in its brackets.
    let hostText: String
    let port: Int?

    /// Nil where the port is not one.
    init?(_ text: some StringProtocol) {
        var host = text[...]
        var port: Int?
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            host = text[..<colon]
            guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
            port = number
        }
        hostText = String(host)
        self.port = port
        if host.hasPrefix("["), host.hasSuffix("]") {
            guard let address = IPAddress(host.dropFirst().dropLast()), !address.isIPv4 else { return nil }
            self.host = .address(address)
        } else if let address = IPAddress(host) {
            self.host = .address(address)
        } else {
            self.host = .name(String(host))
        }
    }

    var subject: CertificateSubject {
        switch host {
        case .name(let name): .dns(name)
        case .address(let address): .address(address)
        }
    }
}

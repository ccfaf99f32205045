/// Which addresses outbound connections may go to: public ones, and those allowed by configuration.
public struct AddressPolicy: Sendable {
    private let allowed: [AddressRange]
    private let denied: [AddressRange]

    /// `allowed` are exceptions from the standing deny-list; `denied` is added to it.
    public init(allowed: [AddressRange] = [], denied: [AddressRange] = []) {
        self.allowed = allowed
        self.denied = AddressPolicy.notPublic + denied
    }

    /// Everything, for tests.
    public static let everything = AddressPolicy(allowed: ["0.0.0.0/0", "::/0"].compactMap { AddressRange($0) })

    /// Whether a connection to that address may be made.
    public func permits(_ address: IPAddress) -> Bool {
        if allowed.contains(where: { $0.contains(address) }) { return true }
        if denied.contains(where: { $0.contains(address) }) { return false }
        // "::ffff:10.0.0.1" reaches what 10.0.0.1 reaches.
        guard let inner = address.embeddedIPv4 else { return true }
        return permits(inner)
    }

    /// Private, loopback, link-local, shared, documentation, benchmark, multicast and reserved ranges (RFC 6890 and its registries).
    private static let notPublic: [AddressRange] = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:2::/48", "2001:db8::/32", "3fff::/20", "5f00::/16",
        "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    ].compactMap { AddressRange($0) }
}

public import MatrixModel

/// Which servers a room lets take part (client-server API, "Server Access Control Lists (ACLs) for rooms").
public struct ServerACL: Sendable {
    private let allow: [Glob]
    private let deny: [Glob]
    private let allowsIPLiterals: Bool

    /// Reads the content of an `m.room.server_acl` event; entries that are no strings are passed over.
    public init(content: JSON) {
        allow = Self.globs(content["allow"])
        deny = Self.globs(content["deny"])
        allowsIPLiterals = content["allow_ip_literals"]?.bool ?? true
    }

    /// The list of a room's state; nil where it has none, which lets every server take part.
    public init?(state: some StateLookup) {
        guard let event = state.event(at: .serverACL) else { return nil }
        self.init(content: event.content)
    }

    /// Whether the server may take part. Ports are not compared, and neither is case.
    public func allows(_ server: ServerName) -> Bool {
        let host = Self.host(of: server)
        if !allowsIPLiterals, Self.isIPLiteral(host) { return false }
        if deny.contains(where: { $0.matches(host) }) { return false }
        return allow.contains { $0.matches(host) }
    }

    private static func globs(_ list: JSON?) -> [Glob] {
        guard let list else { return [] }
        return list.elements.compactMap { $0.string.map { Glob($0, ignoresCase: true) } }
    }

    /// The name without its port; an IPv6 literal keeps its brackets.
    private static func host(of server: ServerName) -> String {
        let name = server.description.utf8
        guard let colon = name.lastIndex(of: UInt8(ascii: ":")) else { return server.description }
        // In an IPv6 literal the last colon is a port's only where it follows the bracket.
        if name.first == UInt8(ascii: "["), name[..<colon].last != UInt8(ascii: "]") { return server.description }
        return String(server.description[..<colon])
    }

    private static func isIPLiteral(_ host: String) -> Bool {
        if host.utf8.first == UInt8(ascii: "[") { return true }
        let parts = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return false }
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return false }
            guard let number = Int(String(decoding: part, as: UTF8.self)), number <= 255 else { return false }
        }
        return true
    }
}

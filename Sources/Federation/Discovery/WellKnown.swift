import MatrixModel

/// Fetches `/.well-known/matrix/server` ("Resolving server names", step 3).
struct WellKnown: Sendable {
    private static let path = "/.well-known/matrix/server"
    let network: HTTPNetwork
    let limits: FederationLimits
    /// 443; another in tests, where that port cannot be had.
    let port: Int

    /// What a document said, and for how long.
    struct Delegation: Sendable {
        let target: ServerNameParts
        /// The `max-age` of the answer, if it has one.
        let maximumAgeMilliseconds: Int?
    }

    /// The delegation; nil where there is none or it is invalid in any way, "skip to step 4".
    func fetch(host: String) async -> Delegation? {
        var host = host
        var port = self.port
        var target = WellKnown.path
        for _ in 0...limits.wellKnownRedirects {
            guard let parts = ServerNameParts(host), case .name(let name) = parts.host else { return nil }
            let route = PeerRoute(
                host: port == 443 ? name : "\(name):\(port)", subject: parts.subject,
                endpoints: [PeerRoute.Endpoint(host: parts.host, port: port)])
            let request = OutboundRequest(
                method: "GET", target: target, maximumAnswerBytes: limits.wellKnownBytes, timeoutMilliseconds: limits.wellKnownTimeoutMilliseconds)
            guard let answer = try? await network.exchange(request, over: route) else { return nil }
            switch answer.status {
            case 200: return delegation(in: answer)
            case 301, 302, 303, 307, 308:
                guard let location = answer.header("location"), let next = redirect(location, from: host, port: port, target: target) else {
                    return nil
                }
                (host, port, target) = next
            default: return nil
            }
        }
        return nil
    }

    private func delegation(in answer: InboundAnswer) -> Delegation? {
        guard let json = try? JSON.parse(answer.body), let text = json["m.server"]?.string, ServerName(text) != nil,
            let target = ServerNameParts(text)
        else { return nil }
        return Delegation(target: target, maximumAgeMilliseconds: WellKnown.maximumAge(answer.header("cache-control")))
    }

    /// The `max-age` of a `Cache-Control` field in milliseconds; 0 for `no-store` and `no-cache`.
    static func maximumAge(_ field: String?) -> Int? {
        guard let field else { return nil }
        for directive in field.lowercased().split(separator: ",") {
            let directive = directive.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            guard let name = directive.first else { continue }
            let trimmed = name.split(separator: " ").first ?? ""
            if trimmed == "no-store" || trimmed == "no-cache" { return 0 }
            guard trimmed == "max-age", directive.count == 2 else { continue }
            let digits = directive[1].filter { $0.isASCII && $0.isNumber }
            return min(Int(digits) ?? 0, 10 * 365 * 86_400) * 1_000
        }
        return nil
    }

    /// The next place to ask; nil where it is not HTTPS by name.
    private func redirect(_ location: String, from host: String, port: Int, target: String) -> (String, Int, String)? {
        guard location.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        if location.hasPrefix("/"), !location.hasPrefix("//") { return (host, port, location) }
        guard location.lowercased().hasPrefix("https://") else { return nil }
        let rest = location.dropFirst("https://".count)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let path = slash == rest.endIndex ? "/" : String(rest[slash...].prefix { $0 != "#" })
        guard let parts = ServerNameParts(rest[..<slash]), case .name(let name) = parts.host else { return nil }
        return (name, parts.port ?? 443, path)
    }
}

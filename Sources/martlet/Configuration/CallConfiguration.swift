import ClientServices
import MatrixModel
import Yams

/// What the configuration says about calls, the section `rtc`.
enum CallConfiguration {
    /// The transports that clients are told of (MSC4143), each an object with `type`.
    static func transports(_ section: ConfigurationSection) throws(ConfigurationError) -> [JSONValue] {
        var transports: [JSONValue] = []
        for entry in try section.sections("transports") ?? [] {
            guard let type = try entry.string("type"), !type.isEmpty else {
                throw .invalid(entry.name(of: "type"), reason: "each transport needs a type, such as livekit.")
            }
            let url = try entry.string("livekit_service_url")
            if type == "livekit", url == nil {
                throw .invalid(entry.name(of: "livekit_service_url"), reason: "a livekit transport needs the URL of its service.")
            }
            if let url, !url.hasPrefix("https://"), !url.hasPrefix("http://") {
                throw .invalid(entry.name(of: "livekit_service_url"), reason: "'\(url)' is not a URL such as https://rtc.example.org.")
            }
            var members: [String: JSONValue] = [:]
            for (key, node) in entry.everything() { members[key] = json(node) }
            transports.append(.object(members))
        }
        try section.finish()
        return transports
    }

    private static func json(_ node: Node) -> JSONValue {
        switch node {
        case .scalar(let scalar):
            guard scalar.style == .plain else { return .string(scalar.string) }
            if let bool = node.bool { return .bool(bool) }
            if let integer = node.int { return .integer(integer) }
            return .string(scalar.string)
        case .mapping(let mapping):
            var members: [String: JSONValue] = [:]
            for entry in mapping { if let key = entry.key.string { members[key] = json(entry.value) } }
            return .object(members)
        case .sequence(let sequence): return .array(sequence.map(json))
        case .alias: return .null
        }
    }
}

extension DelayedEventSettings {
    /// The section `rooms.delayed_events`.
    init(_ section: ConfigurationSection) throws(ConfigurationError) {
        self.init()
        if let hours = try section.integer("max_hours") {
            guard (1...8_760).contains(hours) else { throw .invalid(section.name(of: "max_hours"), reason: "must be 1 to 8760.") }
            maximumMilliseconds = hours * 60 * 60 * 1000
        }
        if let count = try section.integer("max_per_user") {
            guard (0...10_000).contains(count) else { throw .invalid(section.name(of: "max_per_user"), reason: "must be 0 to 10000.") }
            maximumPerUser = count
        }
        try section.finish()
    }
}

import FoundationEssentials

/// Settings from environment variables: `MARTLET_` and the key's path in capitals, its dots written `_`.
final class EnvironmentSettings {
    private static let prefix = "MARTLET_"
    /// Variables that are not settings: the file's path, and what tests and builds are steered with.
    private static let others: Set<String> = [
        "MARTLET_CONFIG", "MARTLET_SEED", "MARTLET_SCRATCH", "MARTLET_CI_SCRATCH", "MARTLET_BIN", "MARTLET_TEST_VENV",
    ]

    private let values: [String: String]
    private var asked: [String] = []

    init(_ values: [String: String]) { self.values = values }

    static func ofProcess() -> EnvironmentSettings { EnvironmentSettings(ProcessInfo.processInfo.environment) }

    /// The configuration file that the environment names.
    var file: String? { values["MARTLET_CONFIG"] }

    /// The variable that stands for a key, and its value where it is set.
    func value(for path: String) -> (name: String, value: String)? {
        let name = EnvironmentSettings.prefix + path.uppercased().replacing(".", with: "_")
        asked.append(name)
        return values[name].map { (name, $0) }
    }

    /// Variables that look like settings and are none, for a warning.
    var unknown: [(name: String, suggestion: String?)] {
        values.keys.filter { $0.hasPrefix(EnvironmentSettings.prefix) && !EnvironmentSettings.others.contains($0) && !asked.contains($0) }
            .sorted().map { ($0, Suggestion.nearest(to: $0, among: asked)) }
    }
}

/// Why a configuration is refused.
enum ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// The file cannot be read.
    case unreadable(file: String, reason: String)
    /// The file is not YAML.
    case syntax(file: String, reason: String)
    /// Nothing is configured under that key.
    case unknownKey(String, line: Int?, suggestion: String?)
    /// The value is of another kind.
    case wrongKind(String, expected: String, line: Int?)
    /// The value is of the right kind, but makes no sense.
    case invalid(String, reason: String)

    var description: String {
        switch self {
        case .unreadable(let file, let reason): "The configuration file \(file) cannot be read: \(reason)."
        case .syntax(let file, let reason): "The configuration file \(file) is not valid YAML: \(reason)"
        case .unknownKey(let key, let line, let suggestion):
            "Unknown key '\(key)'\(ConfigurationError.place(line))." + (suggestion.map { " Did you mean '\($0)'?" } ?? "")
        case .wrongKind(let key, let expected, let line): "'\(key)' must be \(expected)\(ConfigurationError.place(line))."
        case .invalid(let key, let reason): "'\(key)': \(reason)"
        }
    }

    private static func place(_ line: Int?) -> String { line.map { " (line \($0))" } ?? "" }
}

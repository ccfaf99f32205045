import Yams

/// One mapping of the configuration file, read key by key; a key that nobody asked for is unknown.
final class ConfigurationSection {
    private let path: String
    private let mapping: Node.Mapping?
    /// Nil within lists, whose entries have no variables.
    private let environment: EnvironmentSettings?
    private var asked: [String] = []

    init(path: String, mapping: Node.Mapping?, environment: EnvironmentSettings?) {
        self.path = path
        self.mapping = mapping
        self.environment = environment
    }

    /// The key's full path, as errors name it.
    func name(of key: String) -> String { path.isEmpty ? key : path + "." + key }

    func string(_ key: String) throws(ConfigurationError) -> String? {
        if let set = override(key) { return set.value }
        guard let node = node(key) else { return nil }
        guard case .scalar(let scalar) = node else { throw wrong(key, "a text", node) }
        return scalar.string
    }

    func integer(_ key: String) throws(ConfigurationError) -> Int? {
        try scalar(key, "a whole number") { $0.int }
    }

    func number(_ key: String) throws(ConfigurationError) -> Double? {
        try scalar(key, "a number") { $0.float ?? $0.int.map(Double.init) }
    }

    func bool(_ key: String) throws(ConfigurationError) -> Bool? {
        try scalar(key, "true or false") { $0.bool }
    }

    /// A value out of a closed list.
    func choice<Value: RawRepresentable & CaseIterable>(_ key: String, of type: Value.Type = Value.self) throws(ConfigurationError) -> Value?
    where Value.RawValue == String {
        guard let text = try string(key) else { return nil }
        if let value = Value(rawValue: text) { return value }
        let names = Value.allCases.map(\.rawValue)
        let hint = Suggestion.nearest(to: text, among: names).map { " Did you mean '\($0)'?" } ?? ""
        throw .invalid(name(of: key), reason: "'\(text)' is none of \(names.joined(separator: ", ")).\(hint)")
    }

    /// A list of texts; in a variable separated by commas.
    func strings(_ key: String) throws(ConfigurationError) -> [String]? {
        if let set = override(key) { return set.value.split(separator: ",").map { String($0.drop { $0 == " " }) } }
        guard let node = node(key) else { return nil }
        guard case .sequence(let sequence) = node else { throw wrong(key, "a list of texts", node) }
        var texts: [String] = []
        for entry in sequence {
            guard case .scalar(let scalar) = entry else { throw wrong(key, "a list of texts", entry) }
            texts.append(scalar.string)
        }
        return texts
    }

    /// A mapping below this one; empty where absent, so that its variables still count.
    func section(_ key: String) throws(ConfigurationError) -> ConfigurationSection {
        asked.append(key)
        guard let node = node(key) else { return ConfigurationSection(path: name(of: key), mapping: nil, environment: environment) }
        guard case .mapping(let mapping) = node else { throw wrong(key, "a mapping", node) }
        return ConfigurationSection(path: name(of: key), mapping: mapping, environment: environment)
    }

    /// A list of mappings; in a variable as YAML.
    func sections(_ key: String) throws(ConfigurationError) -> [ConfigurationSection]? {
        let found: Node?
        if let set = override(key) {
            do {
                found = try Yams.compose(yaml: set.value)
            } catch {
                throw .invalid(set.name, reason: "the value is not valid YAML: \(error)")
            }
        } else {
            found = node(key)
        }
        guard let found else { return nil }
        guard case .sequence(let sequence) = found else { throw wrong(key, "a list", found) }
        var sections: [ConfigurationSection] = []
        for (index, entry) in sequence.enumerated() {
            guard case .mapping(let mapping) = entry else { throw wrong(key, "a list of mappings", entry) }
            sections.append(ConfigurationSection(path: "\(name(of: key))[\(index)]", mapping: mapping, environment: nil))
        }
        return sections
    }

    /// A mapping whose keys are free, such as further members of a document; its values as YAML nodes.
    func free(_ key: String) throws(ConfigurationError) -> [(key: String, value: Node)] {
        guard let node = node(key) else { return [] }
        guard case .mapping(let mapping) = node else { throw wrong(key, "a mapping", node) }
        return mapping.compactMap { entry in entry.key.string.map { ($0, entry.value) } }
    }

    /// All members of this mapping, whose keys are free, as YAML nodes.
    func everything() -> [(key: String, value: Node)] {
        let members = (mapping ?? Node.Mapping([])).compactMap { entry in entry.key.string.map { (key: $0, value: entry.value) } }
        asked += members.map(\.key)
        return members
    }

    /// Throws where the file has a key that was not asked for.
    func finish() throws(ConfigurationError) {
        for (key, _) in mapping ?? Node.Mapping([]) {
            let key = (text: key.string ?? "", line: key.mark?.line)
            guard !asked.contains(key.text) else { continue }
            throw .unknownKey(name(of: key.text), line: key.line, suggestion: Suggestion.nearest(to: key.text, among: asked))
        }
    }

    private func override(_ key: String) -> (name: String, value: String)? {
        asked.append(key)
        return environment?.value(for: name(of: key))
    }

    private func node(_ key: String) -> Node? {
        asked.append(key)
        guard let node = mapping?[key], node.null == nil else { return nil }
        return node
    }

    private func scalar<Value>(_ key: String, _ expected: String, _ read: (Node) -> Value?) throws(ConfigurationError) -> Value? {
        if let set = override(key) {
            guard let value = read(Node(set.value)) else { throw .wrongKind(set.name, expected: expected, line: nil) }
            return value
        }
        guard let node = node(key) else { return nil }
        guard let value = read(node) else { throw wrong(key, expected, node) }
        return value
    }

    private func wrong(_ key: String, _ expected: String, _ node: Node) -> ConfigurationError {
        .wrongKind(name(of: key), expected: expected, line: node.mark?.line)
    }
}

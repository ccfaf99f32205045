import MatrixAPI

/// Finds the endpoint of a path; built once, read by every request.
///
/// Paths are compared as they stand on the request line: an identifier with an encoded slash stays one segment.
struct PathTrie: Sendable {
    /// An endpoint with the names of what its path captures.
    struct Target: Sendable {
        let entry: RouteTable.Entry
        /// The path that matched, for the log: it carries no identifiers.
        let template: String
        /// The name of each captured segment, in order.
        let parameters: [String]
        /// Parameters of the endpoint that this spelling of its path leaves out; they read as the empty string.
        let absentParameters: [String]
    }

    /// The result of a lookup.
    enum Outcome {
        case found(Target, captured: [Substring])
        /// The path is known, with these methods.
        case otherMethods([Method])
        case unknown
    }

    private struct Node {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var targets: [Method: Target] = [:]
    }

    private var nodes: [Node] = [Node()]

    /// Throws where two endpoints claim the same method and path.
    init(_ routes: RouteTable) throws(GatewayError) {
        for entry in routes.entries {
            let own = try PathTrie.parameters(of: entry.route.path)
            for path in PathTrie.spellings(of: entry.route) {
                try insert(entry, at: path, own: own)
            }
        }
    }

    /// The path, its aliases, and the `r0` form of each `v3` path, which older clients use.
    private static func spellings(of route: Route) -> [String] {
        var paths: [String] = []
        for path in [route.path] + route.aliases {
            if !paths.contains(path) { paths.append(path) }
            for prefix in ["/_matrix/client/", "/_matrix/media/"] where path.hasPrefix(prefix + "v3/") {
                let older = prefix + "r0/" + path.dropFirst(prefix.count + 3)
                if !paths.contains(older) { paths.append(older) }
            }
        }
        return paths
    }

    private static func parameters(of path: String) throws(GatewayError) -> [String] {
        try segments(of: path[...]).compactMap { parameterName($0) }
    }

    private static func parameterName(_ segment: Substring) -> String? {
        guard segment.hasPrefix("{"), segment.hasSuffix("}") else { return nil }
        return String(segment.dropFirst().dropLast())
    }

    private static func segments(of path: Substring) throws(GatewayError) -> [Substring] {
        guard path.utf8.first == UInt8(ascii: "/") else { throw .malformedPath(String(path)) }
        return path == "/" ? [] : split(path)
    }

    /// The segments after the leading slash, empty ones included.
    private static func split(_ path: Substring) -> [Substring] {
        path.dropFirst().utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
    }

    private mutating func insert(_ entry: RouteTable.Entry, at path: String, own: [String]) throws(GatewayError) {
        var node = 0
        var names: [String] = []
        for segment in try PathTrie.segments(of: path[...]) {
            if let name = PathTrie.parameterName(segment) {
                names.append(name)
                node = parameterChild(of: node)
            } else {
                node = literalChild(of: node, named: String(segment))
            }
        }
        if let first = nodes[node].targets[entry.route.method] {
            throw .duplicateRoute(method: entry.route.method.rawValue, path: path, first: first.entry.name, second: entry.name)
        }
        nodes[node].targets[entry.route.method] = Target(
            entry: entry, template: path, parameters: names, absentParameters: own.filter { !names.contains($0) })
    }

    private mutating func parameterChild(of node: Int) -> Int {
        if let child = nodes[node].parameter { return child }
        nodes.append(Node())
        nodes[node].parameter = nodes.count - 1
        return nodes.count - 1
    }

    private mutating func literalChild(of node: Int, named name: String) -> Int {
        if let child = nodes[node].literals[name] { return child }
        nodes.append(Node())
        nodes[node].literals[name] = nodes.count - 1
        return nodes.count - 1
    }

    /// Looks a raw path up; a literal segment goes before a parameter. One trailing slash is tolerated; where only the spelling with it
    /// is known, its last parameter is empty. No endpoint has the method nil.
    func find(_ path: Substring, method: Method?) -> Outcome {
        guard path.utf8.first == UInt8(ascii: "/") else { return .unknown }
        var segments = PathTrie.split(path)
        guard segments.count <= Limits.pathSegments else { return .unknown }
        guard segments.last?.isEmpty == true else { return find(segments, method: method) }
        let whole = segments
        segments.removeLast()
        switch find(segments, method: method) {
        case .found(let target, let captured): return .found(target, captured: captured)
        case .otherMethods(let methods):
            if case .found(let target, let captured) = find(whole, method: method) { return .found(target, captured: captured) }
            return .otherMethods(methods)
        case .unknown: return find(whole, method: method)
        }
    }

    private func find(_ segments: [Substring], method: Method?) -> Outcome {
        var captured: [Substring] = []
        var others: [Method] = []
        if let target = walk(0, segments[...], method: method, captured: &captured, others: &others) {
            return .found(target, captured: captured)
        }
        return others.isEmpty ? .unknown : .otherMethods(others.sorted { $0.rawValue < $1.rawValue })
    }

    private func walk(
        _ node: Int, _ rest: ArraySlice<Substring>, method: Method?, captured: inout [Substring], others: inout [Method]
    ) -> Target? {
        guard let segment = rest.first else {
            if let method, let target = nodes[node].targets[method] { return target }
            for known in nodes[node].targets.keys.sorted(by: { $0.rawValue < $1.rawValue }) where !others.contains(known) {
                others.append(known)
            }
            return nil
        }
        let remaining = rest.dropFirst()
        if let child = nodes[node].literals[String(segment)],
            let target = walk(child, remaining, method: method, captured: &captured, others: &others)
        {
            return target
        }
        guard let child = nodes[node].parameter, !segment.isEmpty || remaining.isEmpty else { return nil }
        captured.append(segment)
        if let target = walk(child, remaining, method: method, captured: &captured, others: &others) { return target }
        captured.removeLast()
        return nil
    }
}

/// The content codings that a client takes (RFC 9110, 12.5.3).
struct AcceptedEncodings {
    private var named: Set<String> = []
    private var refused: Set<String> = []
    private var takesAll = false

    /// Reads the `Accept-Encoding` fields; malformed entries count as not there.
    init(fields: [String]) {
        for entry in fields.flatMap({ $0.split(separator: ",") }) {
            let parts = entry.split(separator: ";").map { part in part.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let name = parts.first, !name.isEmpty else { continue }
            if parts.dropFirst().contains(where: AcceptedEncodings.isZero) {
                refused.insert(name)
            } else if name == "*" {
                takesAll = true
            } else {
                named.insert(name)
            }
        }
    }

    /// Whether a coding may be used; having none is always allowed.
    func takes(_ encoding: String) -> Bool { named.contains(encoding) || takesAll && !refused.contains(encoding) }

    /// Whether a parameter is `q=0`, `q=0.0` and the like.
    private static func isZero(_ parameter: String) -> Bool {
        parameter.hasPrefix("q=") && parameter.dropFirst(2).allSatisfy { $0 == "0" || $0 == "." }
    }
}

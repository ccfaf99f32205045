/// An address of the web, `http` or `https`, read as browsers read it (URL Standard, "URL parsing"), without credentials and fragment.
public struct WebURL: Hashable, Sendable, CustomStringConvertible {
    /// Whether it is `https`.
    public let isSecure: Bool
    let hostValue: WebHost
    /// Nil where it is that of the scheme.
    public let port: Int?
    /// Percent-encoded; begins with a slash.
    public let path: String
    /// Percent-encoded; nil where there is none.
    public let query: String?

    /// The host in ASCII and lower case.
    public var host: String { hostValue.text }
    /// Host and port as the `Host` header has them.
    public var authority: String { port.map { "\(host):\($0)" } ?? host }
    /// Path and query.
    public var target: String { query.map { "\(path)?\($0)" } ?? path }
    public var description: String { "\(isSecure ? "https" : "http")://\(authority)\(target)" }

    private static let pathSet = Set("\"#<>?^`{}".utf8)
    private static let querySet = Set("\"#<>'".utf8)

    /// Reads an address, relative to `base` where there is one; nil where it is none, or of another scheme.
    public init?(_ text: String, relativeTo base: WebURL? = nil) {
        var rest = WebURL.trimmed(text)
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        if let scheme = WebURL.scheme(rest) {
            guard scheme == "http" || scheme == "https" else { return nil }
            let isSecure = scheme == "https"
            rest = rest.dropFirst(scheme.unicodeScalars.count + 1)
            if let base, base.isSecure == isSecure, !WebURL.startsWithSlashes(rest, areAllForward: true) {
                self.init(rest, base: base)
            } else {
                self.init(afterScheme: rest, isSecure: isSecure)
            }
        } else {
            guard let base else { return nil }
            self.init(rest, base: base)
        }
    }

    private init?(_ rest: Substring.UnicodeScalarView, base: WebURL) {
        if WebURL.startsWithSlashes(rest, areAllForward: false) {
            self.init(afterScheme: rest, isSecure: base.isSecure)
            return
        }
        let (path, query) = WebURL.split(rest)
        switch path.first {
        case "/", "\\": self.init(base.isSecure, base.hostValue, base.port, WebURL.normalized(path, after: []), query)
        case nil: self.init(base.isSecure, base.hostValue, base.port, base.path, query ?? base.query)
        default:
            let folders = base.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().dropLast().map(String.init)
            self.init(base.isSecure, base.hostValue, base.port, WebURL.normalized(path, after: folders), query)
        }
    }

    private init(_ isSecure: Bool, _ host: WebHost, _ port: Int?, _ path: String, _ query: String?) {
        self.isSecure = isSecure
        hostValue = host
        self.port = port
        self.path = path
        self.query = query
    }

    private init?(afterScheme rest: Substring.UnicodeScalarView, isSecure: Bool) {
        let rest = rest.drop { $0 == "/" || $0 == "\\" }
        let authority = rest.prefix { $0 != "/" && $0 != "\\" && $0 != "?" }
        var place = authority
        if let at = authority.lastIndex(of: "@") { place = authority[authority.index(after: at)...] }
        var hostText = place
        var port: Int?
        // A colon within brackets is the address's own.
        let afterBrackets = place.first == "[" ? place.lastIndex(of: "]") ?? place.startIndex : place.startIndex
        if let colon = place[afterBrackets...].firstIndex(of: ":") {
            hostText = place[..<colon]
            let digits = place[place.index(after: colon)...]
            guard digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
            if !digits.isEmpty {
                guard let number = Int(String(digits)), number <= 65_535 else { return nil }
                port = number == (isSecure ? 443 : 80) ? nil : number
            }
        }
        guard let host = WebHost(String(hostText)) else { return nil }
        let (path, query) = WebURL.split(rest[authority.endIndex...])
        self.init(isSecure, host, port, WebURL.normalized(path, after: []), query)
    }

    /// Without what stands around it, and without the line ends and tabs within it.
    private static func trimmed(_ text: String) -> Substring.UnicodeScalarView {
        var scalars = text.unicodeScalars[...].drop { $0.value <= 0x20 }
        while let last = scalars.last, last.value <= 0x20 { scalars.removeLast() }
        guard scalars.contains(where: { $0 == "\t" || $0 == "\n" || $0 == "\r" }) else { return scalars }
        scalars.removeAll { $0 == "\t" || $0 == "\n" || $0 == "\r" }
        return scalars
    }

    private static func scheme(_ text: Substring.UnicodeScalarView) -> String? {
        guard let first = text.first, first.isASCII, first.properties.isAlphabetic, let colon = text.firstIndex(of: ":") else { return nil }
        let isScheme = text[..<colon].allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "+" || scalar == "-" || scalar == ".")
        }
        return isScheme ? String(text[..<colon]).lowercased() : nil
    }

    private static func startsWithSlashes(_ text: Substring.UnicodeScalarView, areAllForward: Bool) -> Bool {
        let first = text.prefix(2)
        return first.count == 2 && first.allSatisfy { $0 == "/" || (!areAllForward && $0 == "\\") }
    }

    private static func split(_ text: Substring.UnicodeScalarView) -> (path: Substring.UnicodeScalarView, query: String?) {
        guard let mark = text.firstIndex(of: "?") else { return (text, nil) }
        return (text[..<mark], PercentCoding.encode(String(text[text.index(after: mark)...]), querySet))
    }

    /// The path with its dots resolved and its characters encoded.
    private static func normalized(_ path: Substring.UnicodeScalarView, after folders: [String]) -> String {
        var segments = folders
        let path = path.first == "/" || path.first == "\\" ? path.dropFirst() : path
        let parts = path.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch String(part).lowercased().replacing("%2e", with: ".") {
            case "..":
                if !segments.isEmpty { segments.removeLast() }
                if isLast { segments.append("") }
            case ".":
                if isLast { segments.append("") }
            default: segments.append(PercentCoding.encode(String(part), pathSet))
            }
        }
        return "/" + segments.joined(separator: "/")
    }
}

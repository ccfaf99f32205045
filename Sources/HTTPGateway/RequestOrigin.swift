import HTTPTypes
import Hummingbird

/// The address by which a client reached the server.
enum RequestOrigin {
    private static let forwardedProtocol = HTTPField.Name("X-Forwarded-Proto")

    /// Scheme and authority, such as `https://matrix.example.org`; nil where the request names no host or an odd one. Behind a proxy the scheme
    /// is what the proxy says.
    static func text(of request: Request, isBehindProxy: Bool, isSecure: Bool) -> String? {
        guard let authority = request.head.authority, isPlain(authority) else { return nil }
        var scheme = isSecure ? "https" : "http"
        if isBehindProxy, let name = forwardedProtocol, let said = request.headers[name]?.lowercased(), ["http", "https"].contains(said) {
            scheme = said
        }
        return "\(scheme)://\(authority)"
    }

    /// Whether the text is made of what host names, addresses and ports are made of: it becomes part of pages and links.
    private static func isPlain(_ authority: String) -> Bool {
        (1...255).contains(authority.utf8.count)
            && authority.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }
}

import NIOSSL

/// What a peer's certificate must name. NIOSSL alone also accepts a certificate that names the peer's IP address in place of the
/// DNS name wanted, so this is checked once more after the handshake.
public enum CertificateSubject: Hashable, Sendable {
    case dns(String)
    case address(IPAddress)

    /// The name for SNI; "an IP address in which case SNI is not supported and should not be sent".
    var serverNameIndication: String? {
        switch self {
        case .dns(let name): name
        case .address: nil
        }
    }

    /// Whether a subject alternative name of the certificate names this.
    func isNamed(by certificate: NIOSSLCertificate) -> Bool {
        certificate._subjectAlternativeNames().contains { name in
            switch self {
            case .dns(let wanted):
                name.nameType == .dnsName
                    && CertificateSubject.matches(pattern: String(decoding: name.contents, as: UTF8.self), name: wanted)
            case .address(let wanted):
                name.nameType == .ipAddress && Array(name.contents) == wanted.bytes
            }
        }
    }

    /// RFC 6125: labels compared without case, `*` only as the whole left-most label and above at least two further ones.
    static func matches(pattern: String, name: String) -> Bool {
        let pattern = labels(pattern)
        let name = labels(name)
        guard pattern.count == name.count, !name.isEmpty, name.allSatisfy({ !$0.isEmpty }) else { return false }
        guard pattern[0] == "*" else { return pattern == name }
        return pattern.count >= 3 && pattern.dropFirst() == name.dropFirst() && !name[0].hasPrefix("xn--")
    }

    private static func labels(_ name: String) -> [String] {
        var labels = name.lowercased().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if labels.last == "" { labels.removeLast() }
        return labels
    }
}

/// The header fields with which content is served.
enum MediaHeaders {
    /// "The recommended policy" (client-server API, "Content repository").
    private static let contentSecurityPolicy =
        "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; style-src 'unsafe-inline'; object-src 'self';"
    /// The types of "Serving inline content".
    private static let inlineTypes: Set<String> = [
        "text/css", "text/plain", "text/csv", "application/json", "application/ld+json", "image/jpeg", "image/gif", "image/png", "image/apng",
        "image/webp", "image/avif", "video/mp4", "video/webm", "video/ogg", "video/quicktime", "audio/mp4", "audio/webm", "audio/aac",
        "audio/mpeg", "audio/ogg", "audio/wave", "audio/wav", "audio/x-wav", "audio/x-pn-wav", "audio/flac", "audio/x-flac",
    ]
    static let unknownType = "application/octet-stream"
    private static let maximumTypeBytes = 255

    /// The fields that go with every piece of content; `tag` names its bytes.
    static func fields(contentType: String, fileName: String?, tag: String, isPublic: Bool) -> [(name: String, value: String)] {
        [
            ("Content-Disposition", disposition(contentType: contentType, fileName: fileName)),
            ("Content-Security-Policy", contentSecurityPolicy), ("Cross-Origin-Resource-Policy", "cross-origin"),
            ("X-Content-Type-Options", "nosniff"), ("ETag", "\"\(tag)\""),
            ("Cache-Control", "\(isPublic ? "public" : "private"), max-age=86400, immutable"),
        ]
    }

    /// A type as it was stated, where it is one; else the type of unknown bytes. A type that would end the header field is none.
    static func contentType(_ stated: String?) -> String {
        guard let stated, !stated.isEmpty, stated.utf8.count <= maximumTypeBytes, stated.utf8.allSatisfy({ (0x20...0x7e).contains($0) }),
            essence(stated).split(separator: "/", omittingEmptySubsequences: false).filter({ !$0.isEmpty }).count == 2
        else { return unknownType }
        return stated
    }

    /// The type without its parameters, in lower case.
    private static func essence(_ type: String) -> String {
        let end = type.firstIndex(of: ";") ?? type.endIndex
        return String(type[..<end].filter { $0 != " " }).lowercased()
    }

    private static func disposition(contentType: String, fileName: String?) -> String {
        let kind = inlineTypes.contains(essence(contentType)) ? "inline" : "attachment"
        guard let fileName, !fileName.isEmpty else { return kind }
        return kind + "; " + parameter(fileName)
    }

    /// The file name as RFC 6266 has it: a token or quoted text where it is ASCII, else as RFC 8187 has it.
    private static func parameter(_ fileName: String) -> String {
        let bytes = fileName.utf8
        if bytes.allSatisfy({ (0x20...0x7e).contains($0) }) {
            if bytes.allSatisfy(isTokenByte) { return "filename=" + fileName }
            return "filename=\"" + fileName.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        var text = "filename*=utf-8''"
        for byte in bytes {
            if isAttributeByte(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += byte < 16 ? "%0" + digits : "%" + digits
            }
        }
        return text
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool { isAttributeByte(byte) || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "'") }

    private static func isAttributeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

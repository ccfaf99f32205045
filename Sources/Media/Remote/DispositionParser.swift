/// Reads the file name out of another server's `Content-Disposition` (RFC 6266).
enum DispositionParser {
    /// The file name without any folder; nil where none is stated.
    static func fileName(_ disposition: String?) -> String? {
        guard let disposition else { return nil }
        var plain: String?
        var extended: String?
        for (name, value) in parameters(disposition) {
            if name == "filename" { plain = value }
            if name == "filename*" { extended = decodeExtended(value) }
        }
        guard let found = extended ?? plain, let last = found.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last else { return nil }
        return String(last)
    }

    private static func parameters(_ field: String) -> [(name: String, value: String)] {
        var found: [(String, String)] = []
        var rest = Array(field.unicodeScalars)[...]
        rest = rest.drop { $0 != ";" }
        while rest.popFirst() != nil {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest.dropFirst(name.count)
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst()
            var value = String.UnicodeScalarView()
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let scalar = rest.popFirst(), scalar != "\"" {
                    if scalar == "\\", let escaped = rest.popFirst() { value.append(escaped) } else { value.append(scalar) }
                }
            } else {
                value.append(contentsOf: rest.prefix { $0 != ";" && $0 != " " })
            }
            rest = rest.drop { $0 != ";" }
            var key = String.UnicodeScalarView()
            key.append(contentsOf: name)
            found.append((String(key).lowercased().filter { $0 != " " }, String(value)))
        }
        return found
    }

    /// The value of RFC 8187: charset, language and percent-encoded bytes; nil for a charset other than UTF-8.
    private static func decodeExtended(_ value: String) -> String? {
        let parts = value.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
        var bytes: [UInt8] = []
        var rest = Array(parts[2].utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let decoded = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(decoded)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

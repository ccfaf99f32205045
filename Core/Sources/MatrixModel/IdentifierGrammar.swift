/// The grammars of the appendices, over UTF-8 bytes.
enum IdentifierGrammar {
    /// Longest identifier, in bytes.
    static let maximumBytes = 255

    /// Applies a grammar to a text's bytes.
    static func read(_ text: String, _ grammar: (Slice<UnsafeBufferPointer<UInt8>>) -> Bool) -> Bool {
        var text = text
        return text.withUTF8 { grammar($0[...]) }
    }

    static func isOpaque(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, sigil: UInt8) -> Bool {
        bytes.count > 1 && bytes.count <= maximumBytes && bytes.first == sigil && !bytes.contains(0)
    }

    /// The server after the first colon of an identifier with that sigil and any localpart without NUL, the empty one too
    /// ("any legal non-surrogate Unicode code points except for `:` and `NUL`"); nil where the whole is malformed.
    static func server(of text: String, sigil: UInt8) -> ServerName? {
        let bytes = text.utf8
        guard bytes.count <= maximumBytes, bytes.first == sigil, let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        guard !bytes[..<colon].contains(0) else { return nil }
        return ServerName(text[bytes.index(after: colon)...])
    }

    /// The part between the sigil and the first colon.
    static func localpart(of text: String) -> Substring {
        let bytes = text.utf8
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        return text[bytes.index(after: bytes.startIndex)..<colon]
    }

    /// `a-z`, `0-9`, `.`, `_`, `=`, `-`, `/`, `+`, at least one.
    static func isStrictLocalpart(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "="), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "+"): true
                default: false
                }
            }
    }

    static func isServerName(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard !bytes.isEmpty, bytes.count <= maximumBytes else { return false }
        if bytes.first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let inside = bytes[bytes.index(after: bytes.startIndex)..<close]
            guard inside.count >= 2, inside.count <= 45 else { return false }
            guard inside.allSatisfy({ isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }) else { return false }
            return isPortSuffix(bytes[bytes.index(after: close)...])
        }
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        guard isPortSuffix(bytes[colon...]) else { return false }
        let host = bytes[..<colon]
        return !host.isEmpty
            && host.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "-"), UInt8(ascii: "."): true
                default: false
                }
            }
    }

    /// Nothing, or a colon and one to five digits.
    private static func isPortSuffix(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let colon = bytes.first else { return true }
        let digits = bytes.dropFirst()
        return colon == UInt8(ascii: ":") && !digits.isEmpty && digits.count <= 5
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: false
        }
    }
}

/// Percent-decoding of paths and queries (RFC 3986, 2.1).
enum PercentEncoding {
    /// Nil where an escape is malformed or the bytes are not UTF-8. `plusIsSpace` is for queries, as HTML forms write them.
    static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        let source = text.utf8
        let needsWork = source.contains { $0 == UInt8(ascii: "%") || (plusIsSpace && $0 == UInt8(ascii: "+")) }
        guard needsWork else { return String(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var index = source.startIndex
        while index < source.endIndex {
            let byte = source[index]
            index = source.index(after: index)
            switch byte {
            case UInt8(ascii: "%"):
                guard index < source.endIndex, let high = hexDigit(source[index]) else { return nil }
                index = source.index(after: index)
                guard index < source.endIndex, let low = hexDigit(source[index]) else { return nil }
                index = source.index(after: index)
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The names and values of a query, in order; nil where one cannot be decoded.
    static func queryItems(_ query: Substring) -> [(name: String, value: String)]? {
        var items: [(name: String, value: String)] = []
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let pair = Substring(pair)
            let equals = pair.utf8.firstIndex(of: UInt8(ascii: "="))
            let rawName = equals.map { pair[..<$0] } ?? pair
            let rawValue = equals.map { pair[pair.utf8.index(after: $0)...] } ?? ""
            guard let name = decode(rawName, plusIsSpace: true), let value = decode(rawValue, plusIsSpace: true) else { return nil }
            items.append((name, value))
        }
        return items
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

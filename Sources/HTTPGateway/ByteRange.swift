/// One range of a body that a client asks for (RFC 9110, 14.1.2).
enum ByteRange: Hashable {
    case whole
    case part(Range<Int>)
    /// Nothing of the body is in the range.
    case unsatisfiable

    /// Reads a `Range` field for a body of that length. Several ranges, other units and malformed fields count as none, as the RFC allows.
    init(field: String?, count: Int) {
        self = .whole
        guard let field, let equals = field.firstIndex(of: "="), field[..<equals].lowercased() == "bytes" else { return }
        let bounds = field[field.index(after: equals)...].split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2 else { return }
        switch (ByteRange.number(bounds[0]), ByteRange.number(bounds[1])) {
        case (let first?, let last?) where first <= last:
            self = first < count ? .part(first..<min(last, count - 1) + 1) : .unsatisfiable
        case (let first?, nil) where bounds[1].isEmpty:
            self = first < count ? .part(first..<count) : .unsatisfiable
        case (nil, let suffix?) where bounds[0].isEmpty:
            self = suffix > 0 && count > 0 ? .part(max(0, count - suffix)..<count) : .unsatisfiable
        default: return
        }
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(text)
    }
}

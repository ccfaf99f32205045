import RoomGraph

/// A glob of push rules, without regard to case: for a whole value, or for words within one (client-server API, "Conditions": event_match).
struct TextPattern: Hashable, Sendable {
    /// The pattern in lower case, by scalars.
    private let scalars: [UInt32]
    /// The same as bytes, where it has neither wildcards nor anything but ASCII.
    private let plain: [UInt8]?
    private let hasWildcard: Bool
    private let glob: Glob

    private static let star = UInt32(UInt8(ascii: "*"))
    private static let mark = UInt32(UInt8(ascii: "?"))

    /// A glob, or with `isLiteral` a text in which `*` and `?` are letters like others.
    init(_ pattern: String, isLiteral: Bool = false) {
        let lower = pattern.lowercased()
        scalars = lower.unicodeScalars.map(\.value)
        hasWildcard = !isLiteral && scalars.contains { $0 == TextPattern.star || $0 == TextPattern.mark }
        plain = hasWildcard || !lower.utf8.allSatisfy { $0 < 0x80 } ? nil : Array(lower.utf8)
        glob = Glob(lower, ignoresCase: true)
    }

    /// Whether the whole text matches.
    func matches(_ text: String) -> Bool {
        guard let plain else { return glob.matches(text) }
        let text = text.utf8
        guard text.count == plain.count else { return text.contains { $0 >= 0x80 } && glob.matches(String(text)) }
        var place = 0
        for byte in text {
            if byte >= 0x80 { return glob.matches(String(text)) }
            if LowerText.lower(byte) != plain[place] { return false }
            place += 1
        }
        return true
    }

    /// Whether a part of the text that begins and ends at the boundary of a word matches.
    func matchesWords(of text: LowerText) -> Bool {
        guard !scalars.isEmpty else { return false }
        return hasWildcard ? findsGlob(in: text.scalars) : findsLiteral(in: text.scalars)
    }

    private func findsLiteral(in text: [UInt32]) -> Bool {
        let count = scalars.count
        guard text.count >= count else { return false }
        let first = scalars[0]
        for start in 0...(text.count - count) where text[start] == first {
            guard LowerText.isBoundary(text, start), LowerText.isBoundary(text, start + count) else { continue }
            var place = 1
            while place < count, text[start + place] == scalars[place] { place += 1 }
            if place == count { return true }
        }
        return false
    }

    /// Follows every place of the pattern that the text so far may have reached: time in the product of both lengths, never more.
    private func findsGlob(in text: [UInt32]) -> Bool {
        let end = scalars.count
        var reached = [Bool](repeating: false, count: end + 1)
        for position in 0...text.count {
            let isBoundary = LowerText.isBoundary(text, position)
            if isBoundary { reached[0] = true }
            for place in 0..<end where reached[place] && scalars[place] == TextPattern.star { reached[place + 1] = true }
            if isBoundary, reached[end] { return true }
            guard position < text.count else { break }
            let character = text[position]
            // From behind, so that no place moves twice.
            reached[end] = false
            for place in stride(from: end - 1, through: 0, by: -1) where reached[place] {
                let expected = scalars[place]
                if expected == TextPattern.star { continue }
                reached[place] = false
                if expected == TextPattern.mark || expected == character { reached[place + 1] = true }
            }
        }
        return false
    }
}

/// A text in lower case, by scalars: made once for all patterns that look for words in it.
struct LowerText: Sendable {
    let scalars: [UInt32]

    init(_ text: String) {
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            scalars = text.utf8.map { UInt32(LowerText.lower($0)) }
        } else {
            scalars = text.lowercased().unicodeScalars.map(\.value)
        }
    }

    static func lower(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }

    /// "A word boundary is defined as the start or end of the value, or any character not in the sets `[A-Z]`, `[a-z]`, `[0-9]` or `_`."
    static func isBoundary(_ text: [UInt32], _ position: Int) -> Bool {
        position == 0 || position == text.count || !isWord(text[position - 1]) || !isWord(text[position])
    }

    private static func isWord(_ scalar: UInt32) -> Bool {
        guard let byte = UInt8(exactly: scalar) else { return false }
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            return true
        default: return false
        }
    }
}

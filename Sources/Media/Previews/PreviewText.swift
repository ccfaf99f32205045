/// Texts of previews.
enum PreviewText {
    /// Longest text of a property, in characters.
    static let propertyCharacters = 1_000
    private static let descriptionCharacters = 500
    private static let enoughCharacters = 200

    /// Without what stands around it, and control characters as blanks.
    static func trimmed(_ text: String) -> String {
        let words = text.unicodeScalars.split { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7f }
        return words.map { String($0) }.joined(separator: " ")
    }

    /// The text, cut after a word where it is longer than so many characters.
    static func cut(_ text: String, to count: Int) -> String {
        guard text.count > count else { return text }
        let head = text.prefix(count)
        let end = head.lastIndex(of: " ") ?? head.endIndex
        return (text.distance(from: text.startIndex, to: end) > count / 2 ? String(head[..<end]) : String(head)) + "…"
    }

    /// The first paragraphs, as many as tell what a page is about.
    static func summary(of paragraphs: [String]) -> String? {
        var text = ""
        for paragraph in paragraphs where text.count < enoughCharacters {
            if !text.isEmpty { text += "\n\n" }
            text += paragraph
        }
        return text.isEmpty ? nil : cut(text, to: descriptionCharacters)
    }
}

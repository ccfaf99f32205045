/// Text in the form in which it is indexed, and what people look for as the index understands it.
public enum SearchText {
    /// The text with a word for each character of the scripts that set no spaces between words, so that any part of a sentence is found.
    public static func indexable(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 || $0 == 0 }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch form(of: scalar) {
            case .usual: result.append(scalar)
            case .separator: result.append(" ")
            case .ownWord:
                result.append(" ")
                result.append(scalar)
                result.append(" ")
            }
        }
        return String(result)
    }

    private enum Form { case usual, separator, ownWord }

    private static func form(of scalar: Unicode.Scalar) -> Form {
        switch scalar.value {
        // A text of SQL ends at the first null; variation selectors would make words of emoji.
        case 0, 0xFE00...0xFE0F, 0xE0100...0xE01EF: .separator
        case ..<0x0E00: .usual
        // Thai, Lao, Tibetan; Myanmar; Khmer.
        case 0x0E00...0x0FFF, 0x1000...0x109F, 0x1780...0x17FF: isMark(scalar) ? .usual : .ownWord
        // Kana and its extensions, ideographs with their compatibility forms, and Hangul, whose endings hang on to the words.
        case 0x3005...0x3007, 0x3040...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFF66...0xFF9D, 0x1B000...0x1B16F, 0x20000...0x3FFFF:
            isMark(scalar) ? .usual : .ownWord
        default: .usual
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    /// Whether the index takes the character as part of a word.
    static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .letterNumber, .otherNumber,
            .privateUse, .nonspacingMark, .spacingMark, .enclosingMark:
            true
        default: false
        }
    }
}

/// What somebody looks for: words that all must occur, and phrases in quotation marks.
public struct SearchTerm: Sendable, Hashable {
    /// One word or phrase.
    struct Part: Sendable, Hashable {
        /// As it is indexed.
        let text: String
        /// Whether longer words that begin with the last one count too.
        let isPrefix: Bool
    }

    let parts: [Part]
    /// The words as they were typed, in lower case, for marking them in what was found.
    public let highlights: [String]

    /// Words taken from one term; those that follow are passed over.
    static let maximumParts = 24
    /// Characters of a term that are read.
    static let maximumCharacters = 1_000
    /// The fewest letters with which a word stands for all that begin with them.
    static let shortestPrefix = 3

    /// Reads what was typed.
    public init(_ typed: String) {
        var parts: [Part] = []
        var highlights: [String] = []
        let pieces = SearchTerm.pieces(of: typed).prefix(SearchTerm.maximumParts)
        for (index, piece) in pieces.enumerated() {
            let text = SearchText.indexable(piece.text)
            guard text.unicodeScalars.contains(where: SearchText.isWordCharacter) else { continue }
            let isLast = index == pieces.count - 1
            parts.append(Part(text: text, isPrefix: isLast && !piece.isQuoted && SearchTerm.endsInPrefix(text)))
            for word in piece.text.split(whereSeparator: { $0.isWhitespace }) {
                let trimmed = SearchTerm.trimmed(word).lowercased()
                if !trimmed.isEmpty, !highlights.contains(trimmed) { highlights.append(trimmed) }
            }
        }
        self.parts = parts
        self.highlights = highlights
    }

    /// Whether there is nothing to look for.
    public var isEmpty: Bool { parts.isEmpty }

    /// The parts as the index's query language has them.
    var expression: String {
        parts.map { part in "\"" + SearchTerm.escaped(part.text) + (part.isPrefix ? "\" *" : "\"") }.joined(separator: " ")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            result.unicodeScalars.append(character)
            if character == "\"" { result.unicodeScalars.append(character) }
        }
        return result
    }

    private static func pieces(of typed: String) -> [(text: String, isQuoted: Bool)] {
        var pieces: [(text: String, isQuoted: Bool)] = []
        var current = String.UnicodeScalarView()
        var isQuoted = false
        func end() {
            if !current.isEmpty { pieces.append((String(current), isQuoted)) }
            current = String.UnicodeScalarView()
        }
        for scalar in typed.unicodeScalars.prefix(maximumCharacters) {
            switch scalar {
            case "\"", "\u{201C}", "\u{201D}", "\u{201E}":
                end()
                isQuoted.toggle()
            case _ where scalar.properties.isWhitespace && !isQuoted: end()
            default: current.append(scalar)
            }
        }
        end()
        return pieces
    }

    private static func endsInPrefix(_ text: String) -> Bool {
        var letters = 0
        for scalar in text.unicodeScalars.reversed() {
            guard SearchText.isWordCharacter(scalar) else { break }
            letters += 1
        }
        return letters >= shortestPrefix
    }

    private static func trimmed(_ word: Substring) -> String {
        let scalars = Array(word.unicodeScalars)
        guard let first = scalars.firstIndex(where: SearchText.isWordCharacter),
            let last = scalars.lastIndex(where: SearchText.isWordCharacter)
        else { return "" }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars[first...last])
        return String(result)
    }
}

/// A pattern in which `*` stands for any characters and `?` for one (appendices, "Glob-style matching").
public struct Glob: Sendable, Hashable {
    private let pattern: [Unicode.Scalar]
    private let ignoresCase: Bool

    public init(_ pattern: String, ignoresCase: Bool = false) {
        self.pattern = Array((ignoresCase ? pattern.lowercased() : pattern).unicodeScalars)
        self.ignoresCase = ignoresCase
    }

    /// Whether the whole text matches; takes time in the product of both lengths at most.
    public func matches(_ text: String) -> Bool {
        let text = Array((ignoresCase ? text.lowercased() : text).unicodeScalars)
        var place = 0
        var position = 0
        // Where to go on after the last star, should what follows it not match.
        var retry: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == "*" {
                place += 1
                retry = (place, position)
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[position] {
                place += 1
                position += 1
            } else if let last = retry {
                place = last.place
                position = last.position + 1
                retry = (last.place, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}

import Storage
import Testing

struct SearchTermTests {
    @Test func `words are marked as they were typed, without marks around them`() {
        #expect(SearchTerm("Hello, (World)! hello").highlights == ["hello", "world"])
        #expect(SearchTerm("\"New York\" pizza").highlights == ["new", "york", "pizza"])
        #expect(SearchTerm("a-b").highlights == ["a-b"])
    }

    @Test(arguments: ["", "   ", "!!! ???", "\"\"", "\u{FE0F}"]) func `nothing to look for`(typed: String) {
        #expect(SearchTerm(typed).isEmpty)
    }

    @Test func `a term is bounded`() {
        let words = (0..<1_000).map { "w\($0)" }.joined(separator: " ")
        #expect(SearchTerm(words).highlights.count == 24)
        #expect(SearchTerm(String(repeating: "x", count: 5_000)).highlights.first?.count == 1_000)
    }

    @Test func `scripts without spaces become single words`() {
        #expect(SearchText.indexable("plain text") == "plain text")
        #expect(SearchText.indexable("東京").split(separator: " ") == ["東", "京"])
        #expect(SearchText.indexable("go東京now").split(separator: " ") == ["go", "東", "京", "now"])
        #expect(SearchText.indexable("Ä\u{FE0F}b") == "Ä b")
        #expect(SearchText.indexable("a\u{0}b") == "a b")
    }
}

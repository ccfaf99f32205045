import RoomGraph
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("*", "", true), ("", "", true), ("", "a", false), ("?", "a", true), ("?", "", false), ("?", "ab", false), ("a*b", "ab", true),
        ("a*b", "axxb", true), ("a*b", "axxbc", false), ("*a*b*", "xxaxxbxx", true), ("a.c", "abc", false), ("*.test", "a.test", true),
        ("**", "abc", true), ("[a]", "a", false), ("[a]", "[a]", true), ("?", "é", true), ("*?b", "b", false), ("*?b", "ab", true),
        ("A", "a", false),
    ])
    func `patterns match whole texts`(pattern: String, text: String, expected: Bool) {
        #expect(Glob(pattern).matches(text) == expected)
    }

    @Test func `case is ignored where asked for`() {
        #expect(Glob("A*É", ignoresCase: true).matches("abé"))
        #expect(!Glob("A*").matches("ab"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a pattern of many stars takes no exponential time`() {
        let pattern = Glob(String(repeating: "a*", count: 200) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 5000)))
    }
}

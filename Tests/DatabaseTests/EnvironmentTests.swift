import Database
import Testing

struct EnvironmentTests {
    private func environment(_ bytes: [UInt8]) -> Environment {
        Environment(nowMilliseconds: { 0 }, monotonicMilliseconds: { 0 }, randomBytes: { Array(bytes.prefix($0)) }, sleep: { _ in })
    }

    // The answers are those of RFC 4648, section 10, and of its URL-safe alphabet.
    @Test(arguments: [("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"), ("", "")])
    func `a token is unpadded base64`(source: String, expected: String) {
        let bytes = Array(source.utf8)
        #expect(environment(bytes).randomToken(bytes: bytes.count) == expected)
    }

    @Test func `a token is safe in a URL`() {
        #expect(environment([0xfb, 0xff, 0xbf]).randomToken(bytes: 3) == "-_-_")
    }

    @Test func `letters skip the bytes that would favour some of them`() {
        #expect(environment([255, 0, 25, 26, 234, 233, 1]).randomLetters(7).prefix(5) == "azazb")
    }
}

import MatrixAPI
import Testing

struct MediaReferenceTests {
    @Test(arguments: ["../etc/passwd", "a/b", "", "ä", "a.b", "a%2e", String(repeating: "a", count: 256)])
    func `a media ID with other characters than the permitted is refused`(_ text: String) {
        #expect(MediaID(text: text) == nil)
    }

    @Test func `a media ID of the permitted characters is taken`() {
        #expect(MediaID(text: "AZaz09_-")?.description == "AZaz09_-")
    }
}

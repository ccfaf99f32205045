import Federation
import Testing

@testable import Media

struct PageSummaryTests {
    private static func records(_ entries: [(Character, [String])]) -> PageRecords {
        var bytes: [UInt8] = []
        for (kind, fields) in entries {
            bytes += Array(String(kind).utf8)
            for field in fields { bytes += [UInt8(field.utf8.count >> 8), UInt8(field.utf8.count & 0xff)] + Array(field.utf8) }
        }
        return PageRecords(bytes)
    }

    private static func summary(_ entries: [(Character, [String])]) throws -> PageSummary {
        PageSummary(records(entries), at: try #require(WebURL("https://example.org/a/b")))
    }

    @Test func `what a page says in OpenGraph comes before what it says otherwise`() throws {
        let summary = try PageSummaryTests.summary([
            ("T", ["Title"]), ("M", ["twitter:title", "Tweet"]), ("M", ["og:title", " Graph "]), ("M", ["OG:Title", "Second"]),
            ("M", ["description", "Plain"]), ("H", ["Heading"]),
        ])
        #expect(summary.properties == ["og:title": "Graph", "og:description": "Plain"])
    }

    @Test func `without OpenGraph there are title, heading and paragraphs`() throws {
        #expect(try PageSummaryTests.summary([("T", ["Title"]), ("H", ["Heading"])]).properties == ["og:title": "Title"])
        let paragraphs = [String](repeating: String(repeating: "word ", count: 50), count: 5)
        let summary = try PageSummaryTests.summary([("H", ["Heading"])] + paragraphs.map { ("P", [$0]) })
        #expect(summary.properties["og:title"] == "Heading")
        #expect((summary.properties["og:description"]?.count ?? 0) <= 501)
    }

    @Test func `pictures are tried in the order of what the page puts forward, relative to its base`() throws {
        let summary = try PageSummaryTests.summary([
            ("B", ["/base/"]), ("L", ["icon shortcut", "image/png", "/icon.png"]), ("L", ["apple-touch-icon", "", "touch.png"]),
            ("I", ["small.png", "10", "10"]), ("I", ["large.png", "", ""]), ("I", ["vector.svg", "", ""]), ("M", ["twitter:image", "t.png"]),
            ("M", ["og:image", "//cdn.example/g.png"]), ("M", ["og:image", "javascript:x"]),
        ])
        let expected = [
            "https://example.org/base/t.png", "https://cdn.example/g.png", "https://example.org/base/large.png",
            "https://example.org/base/touch.png", "https://example.org/icon.png",
        ]
        #expect(summary.candidates.map(\.url.description) == expected)
        #expect(summary.candidates.map(\.isChosen) == [true, true, false, true, true])
    }

    @Test func `records that are cut off end where they are`() {
        #expect(PageRecords([UInt8(ascii: "T"), 0, 9, 65]).title == nil)
        #expect(PageRecords([UInt8(ascii: "T"), 0, 1, 65, UInt8(ascii: "X"), 1]).title == "A")
        #expect(PageRecords([0xff]).title == nil)
    }

    @Test(arguments: ["[]", "{}", #"{"type":"html"}"#, "no", #"{"type":1}"#])
    func `what is no oEmbed document is none`(_ text: String) {
        #expect(EmbedDocument(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        ("https://twitter.com/a/status/1", "https://publish.twitter.com/oembed?format=json&url=https%3A%2F%2Ftwitter.com%2Fa%2Fstatus%2F1"),
        ("https://www.youtube.com/watch?v=x", "https://www.youtube.com/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3Dx"),
        ("https://nottwitter.com/a/status/1", nil), ("https://twitter.com/a", nil),
    ])
    func `some sites are asked by oEmbed at once`(_ text: String, _ expected: String?) throws {
        #expect(EmbedProviders.endpoint(for: try #require(WebURL(text)))?.description == expected)
    }

    @Test(
        arguments: [
            (nil, WebFetch.Kind.page), ("text/html;charset=x", .page), ("IMAGE/PNG", .picture), ("audio/ogg", .sound), ("video/mp4", .film),
            ("application/json", .embed), ("application/pdf", .other),
        ] as [(String?, WebFetch.Kind)])
    func `things are known by their type`(_ type: String?, _ kind: WebFetch.Kind) {
        #expect(WebFetch.Kind(contentType: type) == kind)
    }
}

import Foundation
import Testing

@testable import Federation

struct WebURLTests {
    @Test(arguments: [
        ("https://example.org", "https://example.org/"), ("HTTP://EXAMPLE.org:80/a/../b?c#d", "http://example.org/b?c"),
        ("  https://example.org/a b\n", "https://example.org/a%20b"), ("https:example.org", "https://example.org/"),
        ("https:\\\\example.org\\a", "https://example.org/a"), ("https://user:secret@example.org/", "https://example.org/"),
        ("http://127.1/", "http://127.0.0.1/"), ("http://0x7f000001/", "http://127.0.0.1/"), ("http://017700000001/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"), ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("http://[::ffff:127.0.0.1]/", "http://[::ffff:127.0.0.1]/"), ("https://bücher.example/ä?ö", "https://xn--bcher-kva.example/%C3%A4?%C3%B6"),
        ("https://ｅｘａｍｐｌｅ。org/", "https://example.org/"), ("https://ex%61mple.org/", "https://example.org/"),
        ("https://example.org/%2e%2E/%2e/x", "https://example.org/x"), ("https://example.org:444", "https://example.org:444/"),
    ])
    func `an address is read as browsers read it`(_ text: String, _ expected: String) {
        #expect(WebURL(text)?.description == expected)
    }

    @Test(arguments: [
        "", "example.org", "/a", "ftp://example.org/", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "http://", "http://a b/",
        "http://[::1", "http://[1.2.3.4]/", "http://1.2.3.4.5/", "http://256.256.256.256/", "http://example.org:65536/", "http://example.org:x/",
        "http://a%00b/", "http://xn--/", "http://a<b/",
    ])
    func `what is no address of the web is refused`(_ text: String) {
        #expect(WebURL(text) == nil)
    }

    @Test(arguments: [
        ("b", "https://example.org/x/b"), ("/b", "https://example.org/b"), ("//other.example/b", "https://other.example/b"),
        ("?q", "https://example.org/x/y?q"),
        ("", "https://example.org/x/y?z"), ("../b", "https://example.org/b"), ("http://plain.example", "http://plain.example/"),
        ("https:b", "https://example.org/x/b"),
    ])
    func `a reference is relative to its page`(_ text: String, _ expected: String) throws {
        let base = try #require(WebURL("https://example.org/x/y?z#f"))
        #expect(WebURL(text, relativeTo: base)?.description == expected)
    }

    @Test func `names of other scripts come back from their encoding`() {
        for name in ["bücher", "例え", "президент", "☃", "a-ü-b"] {
            let scalars = Array(name.unicodeScalars)
            #expect(Punycode.encode(scalars).flatMap { Punycode.decode($0) } == scalars)
        }
    }

    /// What is read otherwise than the standard says: compositions of characters, rules of IDNA that no name in use needs, and how an IPv6
    /// address is written that holds one of IPv4.
    private static func isLeftOut(_ input: String, _ expected: String) -> Bool {
        PercentCoding.decode(input.utf8).contains { $0 >= 0x80 } || (input + expected).lowercased().contains("xn--") || expected.hasPrefix("[::")
    }

    @Test(.enabled(if: SharedData.folder != nil)) func `addresses of the web platform's tests`() throws {
        let file = try #require(SharedData.folder) + "/url/urltestdata.json"
        let cases = try #require(try JSONSerialization.jsonObject(with: try Data(contentsOf: URL(fileURLWithPath: file))) as? [Any])
        var checked = 0
        for case let entry as [String: Any] in cases {
            guard let input = entry["input"] as? String else { continue }
            let base = (entry["base"] as? String).flatMap { WebURL($0) }
            if entry["base"] is String, base == nil { continue }
            guard entry["failure"] as? Bool != true else {
                guard input.lowercased().hasPrefix("http"), !WebURLTests.isLeftOut(input, "") else { continue }
                #expect(WebURL(input, relativeTo: base) == nil, "\(input)")
                checked += 1
                continue
            }
            guard let scheme = entry["protocol"] as? String, scheme == "http:" || scheme == "https:", let host = entry["host"] as? String,
                let path = entry["pathname"] as? String, let search = entry["search"] as? String, !WebURLTests.isLeftOut(input, host)
            else { continue }
            let url = WebURL(input, relativeTo: base)
            let query = url?.query.map { $0.isEmpty ? "" : "?" + $0 } ?? ""
            #expect(url.map { [$0.isSecure ? "https:" : "http:", $0.authority, $0.path, query] } == [scheme, host, path, search], "\(input)")
            checked += 1
        }
        #expect(checked > 150)
    }
}

/// The data that lies beside the project on some machines.
enum SharedData {
    static let folder: String? = {
        let stated = ProcessInfo.processInfo.environment["MARTLET_SHARED_DATA"]
        return [stated, "../shared/data"].compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0 + "/url/urltestdata.json") }
    }()
}

import Testing

@testable import Federation

@Suite struct CertificateSubjectTests {
    @Test(arguments: [
        ("example.org", "example.org", true), ("EXAMPLE.org", "example.ORG", true), ("example.org.", "example.org", true),
        ("*.example.org", "matrix.example.org", true), ("*.example.org", "example.org", false),
        ("*.example.org", "a.b.example.org", false), ("*.org", "example.org", false), ("m*.example.org", "matrix.example.org", false),
        ("*", "localhost", false), ("example.org", "evil-example.org", false), ("*.example.org", "xn--a.example.org", false),
        ("", "", false),
    ])
    func `patterns match as RFC 6125 says`(pattern: String, name: String, matches: Bool) {
        #expect(CertificateSubject.matches(pattern: pattern, name: name) == matches)
    }
}

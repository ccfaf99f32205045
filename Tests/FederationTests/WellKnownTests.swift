import MatrixModel
import Testing

@testable import Federation

@Suite struct WellKnownTests {
    @Test(
        arguments: [
            (nil, nil), ("max-age=60", 60_000), ("public, Max-Age=\"60\"", 60_000), ("no-store", 0), ("private, no-cache, max-age=5", 0),
            ("s-maxage=3", nil), ("max-age=abc", 0), ("max-age=99999999999999999999", 0),
        ] as [(String?, Int?)])
    func `cache control is read`(field: String?, milliseconds: Int?) {
        #expect(WellKnown.maximumAge(field) == milliseconds)
    }

    @Test(
        arguments: [
            ("a.test", PeerRoute.Host.name("a.test"), nil), ("a.test:99", .name("a.test"), 99),
        ] as [(String, PeerRoute.Host, Int?)])
    func `names are taken apart`(text: String, host: PeerRoute.Host, port: Int?) {
        #expect(ServerNameParts(text)?.host == host)
        #expect(ServerNameParts(text)?.port == port)
    }

    @Test func `literals are taken apart`() {
        #expect(ServerNameParts("1.2.3.4:5")?.host == IPAddress("1.2.3.4").map { .address($0) })
        #expect(ServerNameParts("[::1]")?.host == IPAddress("::1").map { .address($0) })
        #expect(ServerNameParts("[::1]:8448")?.port == 8448)
        #expect(ServerNameParts("a.test:0") == nil)
        #expect(ServerNameParts("a.test:70000") == nil)
    }
}

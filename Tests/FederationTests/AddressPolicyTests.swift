import Testing

@testable import Federation

@Suite struct AddressPolicyTests {
    @Test(arguments: [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "100.127.255.255", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "febf::1", "fc00::1",
        "fdff::1", "ff02::1", "2001:db8::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::10.0.0.1", "64:ff9b::192.168.0.1", "2002:0a00:0001::1",
        "2001:0:1::1",
    ])
    func `addresses that are not public are refused`(address: String) throws {
        let address = try #require(IPAddress(address))
        #expect(AddressPolicy().permits(address) == false)
    }

    @Test(arguments: [
        "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.128.0.1", "223.255.255.255", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1",
    ])
    func `public addresses are permitted`(address: String) throws {
        let address = try #require(IPAddress(address))
        #expect(AddressPolicy().permits(address))
    }

    @Test func `an allowed range opens nothing beside it`() throws {
        let policy = AddressPolicy(allowed: [try #require(AddressRange("10.1.0.0/16")), try #require(AddressRange("::1"))])
        #expect(try policy.permits(address("10.1.255.255")))
        #expect(try policy.permits(address("::ffff:10.1.0.1")))
        #expect(try policy.permits(address("::1")))
        #expect(try policy.permits(address("10.2.0.0")) == false)
        #expect(try policy.permits(address("127.0.0.1")) == false)
    }

    @Test func `a denied range closes public addresses`() throws {
        let policy = AddressPolicy(denied: [try #require(AddressRange("8.0.0.0/7"))])
        #expect(try policy.permits(address("9.9.9.9")) == false)
        #expect(try policy.permits(address("11.0.0.1")))
    }

    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "example.org/8", "10.0.0/8"])
    func `malformed ranges are refused`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(arguments: ["1.2.3.4", "2001:db8::1", "::ffff:1.2.3.4"]) func `addresses are written as they were read`(text: String) {
        #expect(IPAddress(text)?.description == text)
    }
}

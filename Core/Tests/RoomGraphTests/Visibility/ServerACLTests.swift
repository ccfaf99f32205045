import MatrixModel
import RoomGraph
import Testing

@Suite struct ServerACLTests {
    private func allows(_ server: String, _ content: JSONValue) -> Bool { ServerACL(content: JSON(content)).allows(ServerName(server)!) }

    @Test(arguments: ["evil.com", "evil.com:8448", "EVIL.com:1234", "sub.evil.org", "a.b.evil.org"])
    func `a denied server is denied on every port and in every case`(server: String) {
        #expect(!allows(server, ["allow": ["*"], "deny": ["evil.com", "*.Evil.org"]]))
    }

    @Test(arguments: ["evil.com.au", "notevil.com", "evil.org"])
    func `a pattern matches the whole name`(server: String) {
        #expect(allows(server, ["allow": ["*"], "deny": ["evil.com", "*.evil.org"]]))
    }

    @Test func `a list that allows nobody allows nobody`() {
        #expect(!allows("a.test", [:]))
        #expect(!allows("a.test", ["allow": []]))
        #expect(!allows("a.test", ["allow": "*"]))
        #expect(!allows("a.test", ["allow": [5]]))
        #expect(allows("a.test", ["allow": [5, "a.tes?"]]))
    }

    @Test(arguments: ["1.2.3.4", "1.2.3.4:8448", "[::1]", "[2001:db8::1]:8448", "[::ffff:1.2.3.4]"])
    func `address literals are denied where the list says so`(server: String) {
        #expect(allows(server, ["allow": ["*"]]))
        #expect(allows(server, ["allow": ["*"], "allow_ip_literals": "false"]))
        #expect(!allows(server, ["allow": ["*"], "allow_ip_literals": false]))
    }

    @Test(arguments: ["1.2.3.256", "1.2.3.4.5", "1.2.3", "a.2.3.4"])
    func `names that only look like addresses are names`(server: String) {
        #expect(allows(server, ["allow": ["*"], "allow_ip_literals": false]))
    }

    @Test func `a literal's port is left out, its brackets are not`() {
        #expect(!allows("[::1]:8448", ["allow": ["*"], "deny": ["[::1]"]]))
        #expect(!allows("1.2.3.4:80", ["allow": ["*"], "deny": ["1.2.3.*"]]))
    }

    @Test func `the list is read from a room's state`() throws {
        #expect(ServerACL(state: StateEvents()) == nil)
        let event = Fixture.event("$acl", "m.room.server_acl", stateKey: "", sender: Fixture.alice, content: ["allow": ["b.test"]])
        let list = try #require(ServerACL(state: StateEvents(of: [event])))
        #expect(list.allows(ServerName("b.test")!))
        #expect(!list.allows(ServerName("c.test")!))
    }
}

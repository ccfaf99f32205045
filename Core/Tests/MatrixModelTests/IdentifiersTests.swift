import MatrixModel
import Testing

struct IdentifiersTests {
    @Test(arguments: [
        "matrix.org", "matrix.org:8888", "1.2.3.4", "1.2.3.4:1234", "[1234:5678::abcd]", "[1234:5678::abcd]:5678", "localhost", "A-b.C", "[::]",
        "x:1",
        "[::ffff:1.2.3.4]:8448", "123", "matrix.org:99999",
    ])
    func `a server name of the grammar is accepted`(name: String) {
        #expect(ServerName(name)?.description == name)
        #expect(UserID("@u:\(name)")?.server.description == name)
    }

    @Test(arguments: [
        "", ":", ":80", "matrix.org:", "matrix.org:123456", "matrix.org:8x", "matrix.org:-1", "a:b:1", "[::1", "::1", "[]", "[:]", "[::1]x", "[::1]:",
        "[::g]",
        "mat rix", "matrix_org", "exämple.org", "matrix.org/", "@matrix.org", "user@matrix.org", "a\u{0}b", "[1234:5678::abcd]:56789x", "a]",
        "matrix.org:８",
    ])
    func `a server name outside the grammar is refused`(name: String) {
        #expect(ServerName(name) == nil)
        #expect(UserID("@u:\(name)") == nil)
    }

    @Test func `server names are limited in length and case-sensitive`() {
        #expect(ServerName(String(repeating: "a", count: 255)) != nil)
        #expect(ServerName(String(repeating: "a", count: 256)) == nil)
        #expect(ServerName("matrix.org") != ServerName("MATRIX.org"))
        #expect(ServerName("[" + String(repeating: "1", count: 45) + "]") != nil)
        #expect(ServerName("[" + String(repeating: "1", count: 46) + "]") == nil)
    }

    @Test(arguments: [
        "@alice:example.org", "@:example.org", "@Alice:example.org", "@a b:example.org", "@é:example.org", "@😀\u{1}\n:example.org", "@@x:example.org",
        "@a/b+c=d_e-f.g:example.org:8448", "@x:[::1]:80",
    ])
    func `a historical user ID is accepted`(text: String) throws {
        let user = try #require(UserID(text))
        #expect(user.description == text)
        #expect("@\(user.localpart):\(user.server)" == text)
    }

    @Test(arguments: [
        "", "@", "@alice", "alice:example.org", "@alice:", "!alice:example.org", "@ali\u{0}ce:example.org", "@a:b:c", "@alice:exa mple.org",
    ])
    func `what is no user ID is refused`(text: String) {
        #expect(UserID(text) == nil)
    }

    @Test func `user IDs are limited to 255 bytes, not characters`() {
        let server = ":example.org"
        #expect(UserID("@" + String(repeating: "a", count: 254 - server.utf8.count) + server) != nil)
        #expect(UserID("@" + String(repeating: "a", count: 255 - server.utf8.count) + server) == nil)
        #expect(UserID("@" + String(repeating: "é", count: 122) + server) == nil)
    }

    @Test func `a new user's localpart is of the strict grammar`() throws {
        let server = try #require(ServerName("example.org"))
        #expect(UserID(localpart: "abz09._=-/+", server: server)?.description == "@abz09._=-/+:example.org")
        for localpart in ["", "Alice", "a b", "é", "a:b", "a@b", "a!"] { #expect(UserID(localpart: localpart, server: server) == nil) }
        #expect(UserID(localpart: String(repeating: "a", count: 300), server: server) == nil)
    }

    @Test func `only a localpart of visible ASCII is compliant`() {
        for (text, expected) in [("@a!B~:x", true), ("@:x", false), ("@a b:x", false), ("@é:x", false), ("@\u{7F}:x", false)] {
            #expect(UserID(text)?.isCompliant == expected)
        }
    }

    @Test func `identifiers that differ in Unicode normal form alone are different`() throws {
        let composed = try #require(UserID("@\u{E9}:example.org"))
        let decomposed = try #require(UserID("@e\u{301}:example.org"))
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
        #expect(StateKey("t", "\u{E9}") != StateKey("t", "e\u{301}"))
        #expect(Set([StateKey("t", "\u{E9}"), StateKey("t", "e\u{301}"), StateKey("t", "\u{E9}")]).count == 2)
    }

    @Test func `order is that of bytes`() throws {
        let texts = ["$A", "$Z", "$_", "$a", "$ab", "$\u{FB33}", "$😀"]
        let identifiers = texts.compactMap(EventID.init(_:))
        #expect(identifiers.count == texts.count)
        #expect(identifiers.reversed().sorted().map(\.description) == texts)
        let keys = [StateKey("a"), StateKey("a", "z"), StateKey("ab"), StateKey("b")]
        #expect(keys.reversed().sorted() == keys)
        #expect(StateKey("a", "bc") != StateKey("ab", "c"))
    }

    @Test func `room IDs are opaque with or without a server`() throws {
        #expect(RoomID("!abc:example.org:80")?.server == ServerName("example.org:80"))
        let hashed = try #require(RoomID("!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"))
        #expect(hashed.server == nil)
        for text in ["", "!", "abc", "#a:b", "!a\u{0}", "!" + String(repeating: "a", count: 255)] { #expect(RoomID(text) == nil, "\(text)") }
        #expect(RoomID("!" + String(repeating: "a", count: 254)) != nil)
    }

    @Test func `event IDs are opaque with or without a server`() {
        #expect(EventID("$143273582443PhrSn:example.org")?.server == ServerName("example.org"))
        #expect(EventID("$acR1l0raoZnm60CBwAVgqbZqoO/mYU81xysh1u7XcJk")?.server == nil)
        for text in ["", "$", "abc", "!a", "$" + String(repeating: "a", count: 255)] { #expect(EventID(text) == nil, "\(text)") }
    }

    @Test func `room aliases have any localpart and a server`() {
        #expect(RoomAlias("#room:example.org")?.server == ServerName("example.org"))
        #expect(RoomAlias("#ré um:example.org")?.localpart == "ré um")
        for text in [
            "", "#", "#room", "room:example.org", "#ro\u{0}om:example.org", "#room:", "#a:b c", "#" + String(repeating: "a", count: 255) + ":x",
        ] {
            #expect(RoomAlias(text) == nil, "\(text)")
        }
    }
}

import MatrixAPI
import Testing

@testable import HTTPGateway

@Suite struct PathTrieTests {
    private enum Literal: Endpoint {
        typealias Caller = PublicCaller
        typealias Request = EmptyRequest
        typealias Response = EmptyResponse
        static let route = Route(.get, "/a/fixed/end", limit: .none)
    }
    private enum Captured: Endpoint {
        typealias Caller = PublicCaller
        typealias Request = EmptyRequest
        typealias Response = EmptyResponse
        static let route = Route(.get, "/a/{name}/other", limit: .none)
    }
    private enum Root: Endpoint {
        typealias Caller = PublicCaller
        typealias Request = EmptyRequest
        typealias Response = EmptyResponse
        static let route = Route(.get, "/", limit: .none)
    }
    private enum Twin: Endpoint {
        typealias Caller = PublicCaller
        typealias Request = EmptyRequest
        typealias Response = EmptyResponse
        static let route = Route(.get, "/a/{another}/other", limit: .none)
    }

    private func table(_ build: (inout RouteTable) -> Void) -> RouteTable {
        var table = RouteTable()
        build(&table)
        return table
    }

    private func name(_ outcome: PathTrie.Outcome) -> String {
        switch outcome {
        case .found(let target, let captured): "\(target.entry.name) \(captured.map(String.init))"
        case .otherMethods(let methods): "other \(methods.map(\.rawValue))"
        case .unknown: "unknown"
        }
    }

    @Test func `a literal goes before a parameter, and the parameter is tried where the literal leads nowhere`() throws {
        let trie = try PathTrie(
            table {
                $0.on(Literal.self) { _, _ in EmptyResponse() }
                $0.on(Captured.self) { _, _ in EmptyResponse() }
                $0.on(Root.self) { _, _ in EmptyResponse() }
            })
        #expect(name(trie.find("/a/fixed/end", method: .get)) == "Literal []")
        #expect(name(trie.find("/a/fixed/other", method: .get)) == #"Captured ["fixed"]"#)
        #expect(name(trie.find("/a/x%2Fy/other/", method: .get)) == #"Captured ["x%2Fy"]"#)
        #expect(name(trie.find("/", method: .get)) == "Root []")
        #expect(name(trie.find("/", method: .put)) == #"other ["GET"]"#)
        #expect(name(trie.find("/a//other", method: .get)) == "unknown")
        #expect(name(trie.find("/a/fixed", method: .get)) == "unknown")
        #expect(name(trie.find("", method: .get)) == "unknown")
        #expect(name(trie.find("*", method: .get)) == "unknown")
        #expect(name(trie.find(String(repeating: "/a", count: 5000)[...], method: .get)) == "unknown")
    }

    @Test func `two endpoints cannot claim one method and path`() {
        #expect(throws: GatewayError.duplicateRoute(method: "GET", path: "/a/{another}/other", first: "Captured", second: "Twin")) {
            try PathTrie(
                table {
                    $0.on(Captured.self) { _, _ in EmptyResponse() }
                    $0.on(Twin.self) { _, _ in EmptyResponse() }
                })
        }
    }

    @Test func `percent-decoding refuses what is malformed`() {
        #expect(PercentEncoding.decode("a%20b+c") == "a b+c")
        #expect(PercentEncoding.decode("a+b", plusIsSpace: true) == "a b")
        #expect(PercentEncoding.decode("%e2%82%AC") == "€")
        for malformed in ["%", "%2", "%zz", "%ff", "%ed%a0%80"] {
            #expect(PercentEncoding.decode(malformed[...]) == nil)
        }
        #expect(PercentEncoding.queryItems("a=1&b&&c=%3D=")?.map { "\($0.name):\($0.value)" } == ["a:1", "b:", "c:=="])
        #expect(PercentEncoding.queryItems("a=%") == nil)
    }
}

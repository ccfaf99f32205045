import MatrixAPI
import MatrixModel
import Testing

@testable import ClientServices

@Suite struct FilterServiceTests {
    private let server: AccountTestServer
    private let alice: String
    private let path = "/_matrix/client/v3/user/@alice:test/filter"

    init() async throws {
        server = try await AccountTestServer()
        alice = try await server.register("alice")
    }

    @Test func `a filter is kept and read back with what is unknown in it`() async throws {
        let filter: JSONValue = [
            "event_format": "client", "room": ["timeline": ["limit": 10, "types": ["m.room.*"]], "state": ["lazy_load_members": true]],
            "org.example.more": [1],
        ]
        let id = try #require(try await server.ok(.post, path, filter, as: alice)["filter_id"]?.string)
        // "Filter IDs … must not start with {", by which /sync tells them from filters.
        #expect(!id.hasPrefix("{"))
        #expect(try await server.ok(.get, path + "/" + id, as: alice).value == filter)
        #expect(try await server.ok(.post, path, filter, as: alice)["filter_id"]?.string == id)
        #expect(try await server.failure(.get, path + "/999", as: alice).code == .notFound)
        #expect(try await server.failure(.get, path + "/x", as: alice).code == .notFound)
    }

    @Test(
        arguments: [
            ["room": 1], ["room": ["timeline": []]], ["room": ["timeline": ["limit": "10"]]], ["room": ["timeline": ["limit": -1]]],
            ["room": ["rooms": ["nonsense"]]], ["room": ["state": ["lazy_load_members": 1]]], ["presence": ["senders": ["nobody"]]],
            ["event_format": "xml"], ["event_fields": "body"], ["account_data": ["types": [1]]], ["room": ["include_leave": "yes"]],
        ] as [JSONValue])
    func `a malformed filter is refused`(filter: JSONValue) async throws {
        let error = try await server.failure(.post, path, filter, as: alice)
        #expect((error.status, error.code) == (400, .badJSON))
    }

    @Test func `filters are one's own`() async throws {
        let bob = try await server.register("bob")
        let id = try #require(try await server.ok(.post, path, [:], as: alice)["filter_id"]?.string)
        #expect(try await server.failure(.post, path, [:], as: bob).code == .forbidden)
        #expect(try await server.failure(.get, path + "/" + id, as: bob).code == .forbidden)
    }
}

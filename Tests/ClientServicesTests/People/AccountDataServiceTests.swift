import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Testing

@testable import ClientServices

@Suite struct AccountDataServiceTests {
    private let server: AccountTestServer
    private let alice: String
    private let path = "/_matrix/client/v3/user/@alice:test"

    init() async throws {
        server = try await AccountTestServer()
        alice = try await server.register("alice")
    }

    @Test func `global and room data are kept apart and replaced whole`() async throws {
        try await server.ok(.put, path + "/account_data/org.example.a", ["x": 1, "y": 2], as: alice)
        try await server.ok(.put, path + "/account_data/org.example.a", ["z": 3], as: alice)
        try await server.ok(.put, path + "/rooms/!r:test/account_data/org.example.a", ["room": true], as: alice)
        #expect(try await server.ok(.get, path + "/account_data/org.example.a", as: alice).value == ["z": 3])
        #expect(try await server.ok(.get, path + "/rooms/!r:test/account_data/org.example.a", as: alice).value == ["room": true])
        #expect(try await server.failure(.get, path + "/rooms/!s:test/account_data/org.example.a", as: alice).code == .notFound)
        #expect(try await server.failure(.get, path + "/account_data/org.example.b", as: alice).code == .notFound)
    }

    @Test(arguments: ["m.fully_read", "m.push_rules"])
    func `what the server manages is refused with 405`(type: String) async throws {
        for uri in [path + "/account_data/" + type, path + "/rooms/!r:test/account_data/" + type] {
            let error = try await server.failure(.put, uri, [:], as: alice)
            #expect((error.status, error.code) == (405, .badJSON))
        }
    }

    @Test func `nobody reads or writes another's data`() async throws {
        let bob = try await server.register("bob")
        #expect(try await server.failure(.get, path + "/account_data/a", as: bob).code == .forbidden)
        #expect(try await server.failure(.put, path + "/account_data/a", [:], as: bob).code == .forbidden)
    }

    @Test func `content must be an object, and a room ID one`() async throws {
        #expect(try await server.failure(.put, path + "/account_data/a", [1], as: alice).code == .badJSON)
        #expect(try await server.failure(.put, path + "/account_data/a", as: alice).code == .notJSON)
        #expect(try await server.failure(.put, path + "/rooms/nonsense/account_data/a", [:], as: alice).code == .invalidParam)
    }

    @Test func `a change is announced to the user's syncs with its position`() async throws {
        let before = server.rooms.feed.head
        try await server.ok(.put, path + "/account_data/org.example.a", ["x": 1], as: alice)
        let change = try #require(server.rooms.feed.changes(after: before)?.first)
        #expect(change.position == before + 1)
        #expect(change.concerns(try #require(UserID("@alice:test"))))
        #expect(!change.concerns(try #require(UserID("@bob:test"))))
    }
}

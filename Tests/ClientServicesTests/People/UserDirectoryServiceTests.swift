import MatrixAPI
import MatrixModel
import RoomServer
import Testing

@testable import ClientServices

@Suite struct UserDirectoryServiceTests {
    private let server: AccountTestServer
    private let alice: String

    init() async throws {
        server = try await AccountTestServer()
        alice = try await server.register("alice")
        for (name, display) in [("bob", "Robert"), ("carol", "Bobette"), ("dave", "Dave")] {
            let token = try await server.register(name)
            try await server.ok(.put, "/_matrix/client/v3/profile/@\(name):test/displayname", ["displayname": .string(display)], as: token)
        }
    }

    private func search(_ term: String, limit: Int = 10) async throws -> JSON {
        try await server.ok(
            .post, "/_matrix/client/v3/user_directory/search", ["search_term": .string(term), "limit": .integer(limit)], as: alice)
    }

    private func found(_ term: String) async throws -> [String] {
        try await search(term)["results"]?.elements.compactMap { $0["user_id"]?.string } ?? []
    }

    /// A room of one's own that others join.
    private func room(_ creator: String, joinRule: String, joined: [String]) async throws {
        let creator = try #require(UserID(creator))
        let room = try await server.rooms.create(
            RoomCreation(
                creator: creator, version: .v10, creationContent: [:], creatorProfile: [:],
                events: [RoomCreation.Initial(type: "m.room.join_rules", content: ["join_rule": "public"])]))
        for name in joined {
            let user = try #require(UserID(name))
            _ = try await server.rooms.append(
                NewEvent(type: "m.room.member", stateKey: name, sender: user, content: ["membership": "join"] as JSONValue), to: room)
        }
        guard joinRule != "public" else { return }
        _ = try await server.rooms.append(
            NewEvent(
                type: "m.room.join_rules", stateKey: "", sender: creator, content: ["join_rule": .string(joinRule)] as JSONValue), to: room)
    }

    @Test func `strangers are not found`() async throws {
        #expect(try await found("bob") == [])
        try await room("@bob:test", joinRule: "invite", joined: ["@carol:test"])
        #expect(try await found("bob") == [])
    }

    @Test func `people of a shared room are found by ID and display name`() async throws {
        try await room("@bob:test", joinRule: "invite", joined: ["@alice:test", "@carol:test"])
        #expect(try await found("BOB") == ["@bob:test", "@carol:test"])
        #expect(try await found("robert") == ["@bob:test"])
        #expect(try await found("nobody") == [])
        let result = try await search("rob")["results"]?[0]
        #expect(result?["display_name"]?.string == "Robert")
    }

    @Test func `people of public rooms are found`() async throws {
        try await room("@bob:test", joinRule: "public", joined: [])
        #expect(try await found("bob") == ["@bob:test"])
    }

    @Test func `a cut answer says so`() async throws {
        try await room("@bob:test", joinRule: "invite", joined: ["@alice:test", "@carol:test"])
        let one = try await search("bob", limit: 1)
        #expect(one["results"]?.count == 1)
        #expect(one["limited"]?.bool == true)
        #expect(try await search("bob")["limited"]?.bool == false)
    }
}

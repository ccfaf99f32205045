import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage
import Testing

@testable import ClientServices

@Suite struct ProfileServiceTests {
    private let server: AccountTestServer
    private let alice: String
    private let profile = "/_matrix/client/v3/profile/@alice:test"

    init() async throws {
        server = try await AccountTestServer(
            remoteProfile: RemoteProfile { user, field in
                guard user.description == "@bob:elsewhere" else { throw MatrixError.notFound("No such user.") }
                guard let field else { return ["displayname": "Bob", "avatar_url": "mxc://elsewhere/b"] }
                return .object([field: "Bob"])
            })
        alice = try await server.register("alice")
    }

    @Test func `fields are set, read and deleted`() async throws {
        #expect(try await server.ok(.get, profile).value == [:])
        try await server.ok(.put, profile + "/displayname", ["displayname": "Alice"], as: alice)
        try await server.ok(.put, profile + "/m.tz", ["m.tz": "Europe/London"], as: alice)
        try await server.ok(.put, profile + "/org.example.job", ["org.example.job": ["title": "Baker", "since": .float("1.5")]], as: alice)
        #expect(
            try await server.ok(.get, profile).value
                == ["displayname": "Alice", "m.tz": "Europe/London", "org.example.job": ["title": "Baker", "since": .float("1.5")]])
        #expect(try await server.ok(.get, profile + "/displayname").value == ["displayname": "Alice"])
        try await server.ok(.delete, profile + "/org.example.job", as: alice)
        try await server.ok(.delete, profile + "/org.example.job", as: alice)
        #expect(try await server.failure(.get, profile + "/org.example.job").code == .notFound)
        try await server.ok(.put, profile + "/displayname", ["displayname": ""], as: alice)
        #expect(try await server.failure(.get, profile + "/displayname").code == .notFound)
    }

    @Test func `malformed fields are refused`() async throws {
        func code(_ key: String, _ body: JSONValue) async throws -> ErrorCode {
            let error = try await server.failure(.put, profile + "/" + key, body, as: alice)
            #expect(error.status == 400)
            return error.code
        }
        #expect(try await code("displayname", [:]) == .missingParam)
        #expect(try await code("displayname", ["displayname": 3]) == .badJSON)
        #expect(try await code("displayname", ["displayname": .null]) == .badJSON)
        #expect(try await code("displayname", ["displayname": .string(String(repeating: "a", count: 257))]) == .invalidParam)
        #expect(try await code("avatar_url", ["avatar_url": "https://example.org/a.png"]) == .invalidParam)
        #expect(try await code("nodots", ["nodots": 1]) == .invalidParam)
        #expect(try await code("Org.example", ["Org.example": 1]) == .invalidParam)
        #expect(try await code("org..example", ["org..example": 1]) == .invalidParam)
        let long = "a." + String(repeating: "a", count: 254)
        #expect(try await code(long, .object([long: 1])) == .keyTooLarge)
        let large = JSONValue.string(String(repeating: "a", count: 65_536))
        #expect(try await code("org.example.large", ["org.example.large": large]) == .profileTooLarge)
        #expect(try await server.ok(.get, profile).value == [:])
    }

    @Test func `nobody changes another's profile`() async throws {
        let bob = try await server.register("bob")
        #expect(try await server.failure(.put, profile + "/displayname", ["displayname": "x"], as: bob).code == .forbidden)
        #expect(try await server.failure(.delete, profile + "/displayname", as: bob).code == .forbidden)
        #expect(try await server.failure(.put, profile + "/displayname", ["displayname": "x"]).code == .missingToken)
    }

    @Test func `a guest may change the display name alone`() async throws {
        let guest = try await server.ok(.post, "/_matrix/client/v3/register?kind=guest", [:])
        let token = try #require(guest["access_token"]?.string)
        let path = "/_matrix/client/v3/profile/\(try #require(guest["user_id"]?.string))"
        try await server.ok(.put, path + "/displayname", ["displayname": "Visitor"], as: token)
        #expect(try await server.failure(.put, path + "/avatar_url", ["avatar_url": "mxc://test/a"], as: token).status == 403)
    }

    @Test func `an unknown user has no profile`() async throws {
        #expect(try await server.failure(.get, "/_matrix/client/v3/profile/@nobody:test").code == .notFound)
        #expect(try await server.failure(.get, "/_matrix/client/v3/profile/nonsense").code == .invalidParam)
    }

    @Test func `another server is asked for its users' profiles`() async throws {
        let path = "/_matrix/client/v3/profile/@bob:elsewhere"
        #expect(try await server.ok(.get, path)["avatar_url"]?.string == "mxc://elsewhere/b")
        #expect(try await server.ok(.get, path + "/displayname").value == ["displayname": "Bob"])
        #expect(try await server.failure(.get, "/_matrix/client/v3/profile/@eve:elsewhere").code == .notFound)
    }

    @Test func `a new name and avatar appear in all joined rooms`() async throws {
        let user = try #require(UserID("@alice:test"))
        var rooms: [RoomID] = []
        for version in [RoomVersion.v10, .v12] {
            rooms.append(
                try await server.rooms.create(
                    RoomCreation(creator: user, version: version, creationContent: [:], creatorProfile: [:], events: [])))
        }
        try await server.ok(.put, profile + "/displayname", ["displayname": "Alice"], as: alice)
        try await server.ok(.put, profile + "/avatar_url", ["avatar_url": "mxc://test/a"], as: alice)
        // A field that member events do not have, and an unchanged one, are announced nowhere.
        let before = try await server.database.read { try EventStore($0).largestNumber() }
        try await server.ok(.put, profile + "/m.tz", ["m.tz": "Europe/London"], as: alice)
        try await server.ok(.put, profile + "/displayname", ["displayname": "Alice"], as: alice)
        for room in rooms {
            let content = try await server.database.read { transaction -> JSON? in
                guard let number = try RoomStore(transaction).room(room)?.number,
                    let row = try MembershipStore(transaction).membership(of: user, room: number)
                else { return nil }
                return try EventStore(transaction).event(number: row.event)?.event.content
            }
            #expect(content?.value == ["membership": "join", "displayname": "Alice", "avatar_url": "mxc://test/a"])
        }
        #expect(try await server.database.read { try EventStore($0).largestNumber() } == before)
    }
}

import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage
import Testing

@testable import ClientServices

@Suite struct AccountManagementTests {
    private let server: AccountTestServer

    init() async throws {
        server = try await AccountTestServer()
    }

    private func login(_ password: String) async throws -> JSON {
        try await server.ok(.post, "/_matrix/client/v3/login", AccountTestServer.passwordStage("alice", password))
    }

    @Test(arguments: [true, false])
    func `a changed password ends the other sessions unless asked not to`(logsOut: Bool) async throws {
        let here = try await server.register("alice")
        let there = try #require(try await login("correct horse")["access_token"]?.string)
        _ = try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: there)
        var body: JSONValue = ["new_password": "battery staple", "auth": AccountTestServer.passwordStage("alice")]
        if !logsOut { body["logout_devices"] = false }
        try await server.ok(.post, "/_matrix/client/v3/account/password", body, as: here)

        _ = try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: here)
        if logsOut {
            #expect(try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: there).code == .unknownToken)
        } else {
            _ = try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: there)
        }
        _ = try await login("battery staple")
        #expect(try await server.failure(.post, "/_matrix/client/v3/login", AccountTestServer.passwordStage("alice")).status == 403)
    }

    @Test func `changing a password without a session needs the password`() async throws {
        _ = try await server.register("alice")
        let path = "/_matrix/client/v3/account/password"
        let challenge = try await server.failure(.post, path, ["new_password": "battery staple"])
        #expect(challenge.status == 401)
        #expect(challenge.body["flows"] == [["stages": ["m.login.password"]]])
        let wrong = try await server.failure(
            .post, path, ["new_password": "battery staple", "auth": AccountTestServer.passwordStage("alice", "wrong")])
        #expect((wrong.status, wrong.code) == (401, .forbidden))
        try await server.ok(.post, path, ["new_password": "battery staple", "auth": AccountTestServer.passwordStage("alice")])
        var login = AccountTestServer.passwordStage("alice", "battery staple")
        login["type"] = "m.login.password"
        #expect(try await server.ok(.post, "/_matrix/client/v3/login", login)["user_id"]?.string == "@alice:\(AccountTestServer.name)")
    }

    @Test func `a deactivated account is gone for good`() async throws {
        let alice = try await server.register("alice")
        #expect(try await server.failure(.post, "/_matrix/client/v3/account/deactivate", [:], as: alice).body["flows"] != nil)
        let body = try await server.ok(
            .post, "/_matrix/client/v3/account/deactivate", ["auth": AccountTestServer.passwordStage("alice")], as: alice)
        #expect(body["id_server_unbind_result"]?.string == "success")
        #expect(try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: alice).code == .unknownToken)
        #expect(try await server.failure(.post, "/_matrix/client/v3/login", AccountTestServer.passwordStage("alice")).status == 403)
        #expect(try await server.failure(.post, "/_matrix/client/v3/register", ["username": "alice"]).code == .userInUse)
    }

    @Test func `a deactivated account leaves its rooms`() async throws {
        let token = try await server.register("alice")
        let alice = try #require(UserID("@alice:test"))
        let room = try await server.rooms.create(
            RoomCreation(creator: alice, version: .v10, creationContent: [:], creatorProfile: [:], events: []))
        try await server.ok(
            .post, "/_matrix/client/v3/account/deactivate", ["auth": AccountTestServer.passwordStage("alice")], as: token)
        let membership = try await server.database.read { transaction in
            let number = try RoomStore(transaction).room(room)?.number
            return try number.flatMap { try MembershipStore(transaction).membership(of: alice, room: $0)?.membership }
        }
        #expect(membership == .leave)
    }

    @Test func `there are no third-party identifiers`() async throws {
        let alice = try await server.register("alice")
        #expect(try await server.ok(.get, "/_matrix/client/v3/account/3pid", as: alice).value == ["threepids": []])
    }

    @Test func `the command line adds people and sets passwords`() async throws {
        let user = try await server.accounts.add(username: "alice", password: "correct horse", isAdmin: true, displayName: "Alice")
        #expect(user.description == "@alice:test")
        #expect(try await server.accounts.hasAdministrator())
        let token = try #require(try await login("correct horse")["access_token"]?.string)
        try await server.accounts.setPassword("battery staple", username: "@alice:test")
        #expect(try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: token).code == .unknownToken)
        _ = try await login("battery staple")
        #expect(try await server.ok(.get, "/_matrix/client/v3/profile/@alice:test/displayname")["displayname"]?.string == "Alice")
        await #expect(throws: MatrixError.self) { try await server.accounts.setPassword("battery staple", username: "nobody") }
        await #expect(throws: AccountService.userInUse) { _ = try await server.accounts.add(username: "alice", password: "correct horse") }
    }
}

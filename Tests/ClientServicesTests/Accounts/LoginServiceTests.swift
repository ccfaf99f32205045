import Database
import MatrixAPI
import MatrixModel
import Storage
import Testing

@testable import ClientServices

@Suite struct LoginServiceTests {
    private func login(_ user: String, _ password: String = "correct horse", device: String? = nil) -> JSONValue {
        var body = AccountTestServer.passwordStage(user, password)
        body["device_id"] = device.map(JSONValue.string)
        return body
    }

    @Test func `the flows are told`() async throws {
        let server = try await AccountTestServer()
        let flows = try await server.ok(.get, "/_matrix/client/v3/login")["flows"]?.value
        #expect(flows == [["type": "m.login.password"], ["type": "m.login.token", "get_login_token": true]])
    }

    @Test(arguments: ["alice", "Alice", "@alice:test"])
    func `a password opens a session`(name: String) async throws {
        let server = try await AccountTestServer()
        _ = try await server.register("alice")
        let body = try await server.ok(.post, "/_matrix/client/v3/login", login(name))
        #expect(body["user_id"]?.string == "@alice:test")
        let token = try #require(body["access_token"]?.string)
        #expect(try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: token)["device_id"]?.string == body["device_id"]?.string)
    }

    @Test func `the deprecated form of the name works`() async throws {
        let server = try await AccountTestServer()
        _ = try await server.register("alice")
        try await server.ok(.post, "/_matrix/client/r0/login", ["type": "m.login.password", "user": "alice", "password": "correct horse"])
    }

    @Test func `a wrong password, an unknown name and another server's name fail alike`() async throws {
        let server = try await AccountTestServer()
        _ = try await server.register("alice")
        for body in [login("alice", "wrong horse"), login("nobody"), login("@alice:elsewhere")] {
            let error = try await server.failure(.post, "/_matrix/client/v3/login", body)
            #expect(error == MatrixError(403, .forbidden, "Invalid username or password."))
        }
        let mail = try await server.failure(
            .post, "/_matrix/client/v3/login",
            [
                "type": "m.login.password", "identifier": ["type": "m.id.thirdparty", "medium": "email", "address": "a@example.org"],
                "password": "x",
            ])
        #expect(mail.status == 403)
    }

    @Test func `an unknown type and a missing one are told apart`() async throws {
        let server = try await AccountTestServer()
        let unknown = try await server.failure(.post, "/_matrix/client/v3/login", ["type": "m.login.magic"])
        #expect((unknown.status, unknown.code) == (400, .unknown))
        let missing = try await server.failure(.post, "/_matrix/client/v3/login", [:])
        #expect((missing.status, missing.code) == (400, .missingParam))
    }

    @Test func `logging in on a known device ends its earlier tokens and keeps its name`() async throws {
        let server = try await AccountTestServer()
        let first = try await server.register("alice", device: "PHONE")
        try await server.ok(.put, "/_matrix/client/v3/devices/PHONE", ["display_name": "Mine"], as: first)
        var body = login("alice", device: "PHONE")
        body["initial_device_display_name"] = "Ignored"
        let second = try #require(try await server.ok(.post, "/_matrix/client/v3/login", body)["access_token"]?.string)
        #expect(try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: first).code == .unknownToken)
        let device = try await server.ok(.get, "/_matrix/client/v3/devices/PHONE", as: second)
        #expect(device["display_name"]?.string == "Mine")
    }

    @Test func `a locked account cannot log in, though it may log out`() async throws {
        let server = try await AccountTestServer()
        let token = try await server.register("alice")
        let alice = try #require(UserID("@alice:test"))
        try await server.database.write { try AccountStore($0).setLocked(true, of: alice) }
        server.services.authenticator.forget(alice)
        for error in [
            try await server.failure(.post, "/_matrix/client/v3/login", login("alice")),
            try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: token),
        ] {
            #expect(error.status == 401)
            #expect(error.code == .userLocked)
            #expect(error.extra["soft_logout"] == true)
        }
        try await server.ok(.post, "/_matrix/client/v3/logout", as: token)
    }

    @Test func `a login token logs in once, within two minutes`() async throws {
        let server = try await AccountTestServer()
        let alice = try await server.register("alice")
        func token() async throws -> String {
            let body = try await server.ok(
                .post, "/_matrix/client/v1/login/get_token", ["auth": AccountTestServer.passwordStage("alice")], as: alice)
            #expect(body["expires_in_ms"]?.integer == 120_000)
            return try #require(body["login_token"]?.string)
        }
        let unproven = try await server.failure(.post, "/_matrix/client/v1/login/get_token", [:], as: alice)
        #expect(unproven.body["flows"] == [["stages": ["m.login.password"]]])

        let first = try await token()
        let body = try await server.ok(.post, "/_matrix/client/v3/login", ["type": "m.login.token", "token": .string(first)])
        #expect(body["user_id"]?.string == "@alice:test")
        let again = try await server.failure(.post, "/_matrix/client/v3/login", ["type": "m.login.token", "token": .string(first)])
        #expect((again.status, again.code) == (403, .forbidden))

        let late = try await token()
        server.clock.advance(120_000)
        #expect(try await server.failure(.post, "/_matrix/client/v3/login", ["type": "m.login.token", "token": .string(late)]).status == 403)
    }

    @Test func `guesses of one account's password are limited whatever they come from`() async throws {
        var configuration = AccountConfiguration.testing
        configuration.rateLimits[.login] = RateLimit(perSecond: 1, burst: 3)
        let server = try await AccountTestServer(configuration)
        _ = try await server.register("alice")
        for _ in 0..<3 {
            #expect(try await server.failure(.post, "/_matrix/client/v3/login", login("alice", "wrong")).status == 403)
        }
        let error = try await server.failure(.post, "/_matrix/client/v3/login", login("@Alice:test"))
        #expect((error.status, error.code) == (429, .limitExceeded))
        #expect(error.extra["retry_after_ms"] == 1000)
        server.clock.advance(1000)
        try await server.ok(.post, "/_matrix/client/v3/login", login("alice"))
    }

    @Test func `the answer carries the well-known document`() async throws {
        var configuration = AccountConfiguration.testing
        configuration.publicBaseURL = "https://matrix.example.org"
        let server = try await AccountTestServer(configuration)
        _ = try await server.register("alice")
        let body = try await server.ok(.post, "/_matrix/client/v3/login", login("alice"))
        #expect(body["well_known"]?.value == ["m.homeserver": ["base_url": "https://matrix.example.org"]])
    }
}

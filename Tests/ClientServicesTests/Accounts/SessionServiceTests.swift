import MatrixAPI
import MatrixModel
import Testing

@testable import ClientServices

@Suite struct SessionServiceTests {
    private struct Pair {
        let access: String
        let refresh: String
        init(_ body: JSON) throws {
            access = try #require(body["access_token"]?.string)
            refresh = try #require(body["refresh_token"]?.string)
        }
    }

    private let server: AccountTestServer

    init() async throws {
        server = try await AccountTestServer()
    }

    private func refreshable() async throws -> Pair {
        let body = try await server.ok(
            .post, "/_matrix/client/v3/register",
            ["username": "alice", "password": "correct horse", "refresh_token": true, "auth": ["type": "m.login.dummy"]])
        #expect(body["expires_in_ms"]?.integer == 3_600_000)
        return try Pair(body)
    }

    private func refresh(_ token: String) async throws -> Pair {
        try Pair(try await server.ok(.post, "/_matrix/client/v3/refresh", ["refresh_token": .string(token)]))
    }

    private func whoami(_ token: String) async throws -> JSON {
        try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: token)
    }

    @Test func `a refreshed token belongs to the same device`() async throws {
        let first = try await refreshable()
        let second = try await refresh(first.refresh)
        #expect(second.access != first.access)
        #expect(try await whoami(second.access)["device_id"]?.string != nil)
    }

    @Test func `the old refresh token stays valid until a new token is used`() async throws {
        let first = try await refreshable()
        // The answer to the first refresh is lost: the client asks again.
        let lost = try await refresh(first.refresh)
        let second = try await refresh(first.refresh)
        _ = try await whoami(first.access)
        #expect(try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: lost.access).code == .unknownToken)
        _ = try await whoami(second.access)
        let error = try await server.failure(.post, "/_matrix/client/v3/refresh", ["refresh_token": .string(first.refresh)])
        #expect((error.status, error.code) == (401, .unknownToken))
        #expect(try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: first.access).code == .unknownToken)
    }

    @Test func `using the new refresh token ends the old one as well`() async throws {
        let first = try await refreshable()
        let second = try await refresh(first.refresh)
        let third = try await refresh(second.refresh)
        #expect(try await server.failure(.post, "/_matrix/client/v3/refresh", ["refresh_token": .string(first.refresh)]).status == 401)
        _ = try await whoami(third.access)
    }

    @Test func `an expired access token is a soft logout, cached or not`() async throws {
        let first = try await refreshable()
        _ = try await whoami(first.access)
        _ = try await whoami(first.access)
        server.clock.advance(3_600_000)
        for _ in 0..<2 {
            let error = try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: first.access)
            #expect((error.status, error.code) == (401, .unknownToken))
            #expect(error.extra["soft_logout"] == true)
            server.services.authenticator.forget(try #require(UserID("@alice:test")))
        }
        _ = try await whoami(try await refresh(first.refresh).access)
    }

    @Test func `tokens without refresh do not expire`() async throws {
        let token = try await server.register("bob")
        server.clock.advance(400 * 24 * 3_600_000)
        _ = try await whoami(token)
    }

    @Test func `an unknown token is no soft logout`() async throws {
        let error = try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: "nonsense")
        #expect((error.status, error.code) == (401, .unknownToken))
        #expect(error.extra["soft_logout"] != true)
    }

    @Test func `logging out ends the session and forgets the device`() async throws {
        let here = try await server.register("alice", device: "HERE")
        let there = try #require(
            try await server.ok(.post, "/_matrix/client/v3/login", AccountTestServer.passwordStage("alice"))["access_token"]?.string)
        _ = try await whoami(here)
        try await server.ok(.post, "/_matrix/client/v3/logout", as: here)
        #expect(try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: here).code == .unknownToken)
        #expect(try await server.failure(.get, "/_matrix/client/v3/devices/HERE", as: there).status == 404)
        _ = try await whoami(there)
    }

    @Test func `logging out everywhere ends all sessions`() async throws {
        let here = try await server.register("alice")
        let there = try #require(
            try await server.ok(.post, "/_matrix/client/v3/login", AccountTestServer.passwordStage("alice"))["access_token"]?.string)
        _ = try await whoami(there)
        try await server.ok(.post, "/_matrix/client/v3/logout/all", as: here)
        for token in [here, there] {
            #expect(try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: token).code == .unknownToken)
        }
    }

    @Test func `an OpenID token names its user until it expires`() async throws {
        let token = try await server.register("alice")
        let body = try await server.ok(.post, "/_matrix/client/v3/user/@alice:test/openid/request_token", [:], as: token)
        #expect(body["token_type"]?.string == "Bearer")
        #expect(body["matrix_server_name"]?.string == "test")
        #expect(body["expires_in"]?.integer == 3600)
        let openID = try #require(body["access_token"]?.string)
        #expect(try await server.accounts.openIDUser(of: openID)?.description == "@alice:test")
        // "It cannot be used to request another OpenID access token or call /sync"
        #expect(try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: openID).code == .unknownToken)
        server.clock.advance(3_600_000)
        #expect(try await server.accounts.openIDUser(of: openID) == nil)
        #expect(try await server.failure(.post, "/_matrix/client/v3/user/@bob:test/openid/request_token", [:], as: token).status == 403)
    }

    @Test func `upkeep forgets tokens a week after their end, and no others`() async throws {
        let first = try await refreshable()
        let bob = try await server.register("bob")
        server.clock.advance(3_600_000)
        try await server.services.upkeep.tidy()
        let expired = try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: first.access)
        #expect(expired.extra["soft_logout"] == true)
        server.clock.advance(7 * 24 * 3_600_000)
        try await server.services.upkeep.tidy()
        server.services.authenticator.forget(try #require(UserID("@alice:test")))
        let unknown = try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: first.access)
        #expect(unknown.extra["soft_logout"] == false)
        _ = try await whoami(bob)
        _ = try await whoami(try await refresh(first.refresh).access)
    }
}

import MatrixAPI
import MatrixModel
import Testing

@testable import ClientServices

@Suite struct ApplicationServiceTests {
    private let server: AccountTestServer

    init() async throws {
        var configuration = AccountConfiguration.testing
        configuration.registration = .closed
        configuration.applicationServices = [
            ApplicationServiceRegistration(
                id: "bridge", url: nil, serviceToken: Secret("as token"), homeserverToken: Secret("hs token"), senderLocalpart: "bridgebot",
                userNamespaces: [try ApplicationServiceRegistration.Namespace(isExclusive: true, expression: "@_irc_.*")])
        ]
        server = try await AccountTestServer(configuration)
    }

    private let whoami = "/_matrix/client/v3/account/whoami"

    private func register(_ name: String, as token: String?) async throws -> JSON {
        try await server.ok(
            .post, "/_matrix/client/v3/register", ["type": "m.login.application_service", "username": .string(name)], as: token)
    }

    @Test func `the token alone is the sender`() async throws {
        #expect(try await server.ok(.get, whoami, as: "as token")["user_id"]?.string == "@bridgebot:test")
        #expect(try await server.failure(.get, whoami, as: "hs token").code == .unknownToken)
    }

    @Test func `a service registers its users and acts as them`() async throws {
        #expect(try await server.failure(.get, whoami + "?user_id=@_irc_bob:test", as: "as token").code == .forbidden)
        let body = try await register("_irc_bob", as: "as token")
        #expect(body["user_id"]?.string == "@_irc_bob:test")
        #expect(try await server.ok(.get, whoami + "?user_id=@_irc_bob:test", as: "as token")["user_id"]?.string == "@_irc_bob:test")
    }

    @Test func `a service acts as nobody else's users`() async throws {
        _ = try await server.accounts.add(username: "alice", password: "correct horse")
        #expect(try await server.failure(.get, whoami + "?user_id=@alice:test", as: "as token").status == 403)
        #expect(try await server.failure(.get, whoami + "?user_id=@_irc_bob:elsewhere", as: "as token").status == 403)
        let error = try await server.failure(
            .post, "/_matrix/client/v3/register", ["type": "m.login.application_service", "username": "mallory"], as: "as token")
        #expect((error.status, error.code) == (400, .exclusive))
    }

    @Test func `a service's device must be its user's`() async throws {
        let body = try await register("_irc_bob", as: "as token")
        let device = try #require(body["device_id"]?.string)
        let who = try await server.ok(.get, whoami + "?user_id=@_irc_bob:test&device_id=\(device)", as: "as token")
        #expect(who["device_id"]?.string == device)
        let error = try await server.failure(.get, whoami + "?user_id=@_irc_bob:test&device_id=OTHER", as: "as token")
        #expect((error.status, error.code) == (400, .unknownDevice))
    }

    @Test func `a service makes and deletes devices without a password`() async throws {
        _ = try await register("_irc_bob", as: "as token")
        let uri = "/_matrix/client/v3/devices/BRIDGE?user_id=@_irc_bob:test"
        #expect(try await server.call(.put, uri, ["display_name": "Bridge"], as: "as token").status == 201)
        #expect(try await server.call(.put, uri, ["display_name": "Bridge 2"], as: "as token").status == 200)
        try await server.ok(.delete, uri, as: "as token")
        #expect(try await server.failure(.get, uri, as: "as token").status == 404)
    }

    @Test func `a service logs in as its users`() async throws {
        func login(_ name: String, as token: String?) async throws -> JSON {
            try await server.ok(
                .post, "/_matrix/client/v3/login",
                ["type": "m.login.application_service", "identifier": ["type": "m.id.user", "user": .string(name)]], as: token)
        }
        _ = try await register("_irc_bob", as: "as token")
        let token = try #require(try await login("_irc_bob", as: "as token")["access_token"]?.string)
        #expect(try await server.ok(.get, whoami, as: token)["user_id"]?.string == "@_irc_bob:test")
        await #expect(throws: MatrixError(401, .missingToken, "Only an application service's token can do this.")) {
            _ = try await login("_irc_bob", as: nil)
        }
        await #expect(throws: MatrixError(403, .exclusive, "This user ID is outside of the service's namespaces.")) {
            _ = try await login("alice", as: "as token")
        }
        await #expect(throws: MatrixError(403, .forbidden, "This user has not been registered.")) {
            _ = try await login("_irc_carol", as: "as token")
        }
    }

    @Test func `nobody registers in a service's exclusive namespace`() async throws {
        let error = try await server.failure(.get, "/_matrix/client/v3/register/available?username=_irc_eve")
        #expect((error.status, error.code) == (400, .exclusive))
        #expect(try await server.failure(.get, "/_matrix/client/v3/register/available?username=bridgebot").code == .exclusive)
    }

    @Test func `a namespace matches from the beginning, as text or as expression`() throws {
        let plain = try ApplicationServiceRegistration.Namespace(isExclusive: true, expression: "@_irc_.*")
        #expect(plain.matches("@_irc_bob:test"))
        #expect(!plain.matches("@irc_bob:test"))
        let expression = try ApplicationServiceRegistration.Namespace(isExclusive: true, expression: "@_(irc|xmpp)_[a-z]+:test")
        #expect(expression.matches("@_xmpp_bob:test"))
        #expect(!expression.matches("x@_xmpp_bob:test"))
        #expect(!expression.matches("@_sms_bob:test"))
        #expect(throws: (any Error).self) { try ApplicationServiceRegistration.Namespace(isExclusive: true, expression: "@(") }
    }
}

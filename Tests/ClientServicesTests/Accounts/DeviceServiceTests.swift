import MatrixAPI
import MatrixModel
import Testing

@testable import ClientServices

@Suite struct DeviceServiceTests {
    private let server: AccountTestServer

    init() async throws {
        server = try await AccountTestServer()
    }

    @Test func `a person sees their own devices alone`() async throws {
        let alice = try await server.register("alice", device: "PHONE")
        _ = try await server.register("bob", device: "TABLET")
        let devices = try await server.ok(.get, "/_matrix/client/v3/devices", as: alice)["devices"]
        #expect(devices?.count == 1)
        #expect(devices?[0]?["device_id"]?.string == "PHONE")
        #expect(try await server.failure(.get, "/_matrix/client/v3/devices/TABLET", as: alice).code == .notFound)
    }

    @Test func `the last use of a device is told`() async throws {
        let alice = try await server.register("alice", device: "PHONE")
        _ = try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: alice)
        let first = try await server.ok(.get, "/_matrix/client/v3/devices/PHONE", as: alice)
        #expect(first["last_seen_ip"]?.string == "192.0.2.1")
        #expect(first["last_seen_ts"]?.integer == server.clock.milliseconds)
        server.clock.advance(AccountLimits.lastSeenMilliseconds)
        _ = try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: alice)
        let later = try await server.ok(.get, "/_matrix/client/v3/devices/PHONE", as: alice)
        #expect(later["last_seen_ts"]?.integer == server.clock.milliseconds)
    }

    @Test func `a device is renamed, and kept where no name is given`() async throws {
        let alice = try await server.register("alice", device: "PHONE")
        #expect(try await server.call(.put, "/_matrix/client/v3/devices/PHONE", ["display_name": "My phone"], as: alice).status == 200)
        try await server.ok(.put, "/_matrix/client/v3/devices/PHONE", [:], as: alice)
        #expect(try await server.ok(.get, "/_matrix/client/v3/devices/PHONE", as: alice)["display_name"]?.string == "My phone")
        #expect(try await server.failure(.put, "/_matrix/client/v3/devices/OTHER", [:], as: alice).code == .notFound)
    }

    @Test func `deleting a device asks for the password and ends its session`() async throws {
        let alice = try await server.register("alice", device: "PHONE")
        var login = AccountTestServer.passwordStage("alice")
        login["device_id"] = "TABLET"
        let tablet = try #require(try await server.ok(.post, "/_matrix/client/v3/login", login)["access_token"]?.string)
        _ = try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: tablet)

        let challenge = try await server.failure(.delete, "/_matrix/client/v3/devices/TABLET", [:], as: alice)
        #expect(challenge.status == 401)
        var stage = AccountTestServer.passwordStage("alice", "wrong horse")
        stage["session"] = challenge.body["session"]
        let wrong = try await server.failure(.delete, "/_matrix/client/v3/devices/TABLET", ["auth": stage], as: alice)
        #expect((wrong.status, wrong.code) == (401, .forbidden))
        #expect(wrong.body["session"] == challenge.body["session"])
        #expect(wrong.body["completed"] == nil)
        stage["password"] = "correct horse"
        // A session for one device does not delete another.
        #expect(try await server.failure(.delete, "/_matrix/client/v3/devices/PHONE", ["auth": stage], as: alice).status == 401)
        try await server.ok(.delete, "/_matrix/client/v3/devices/TABLET", ["auth": stage], as: alice)
        #expect(try await server.failure(.get, "/_matrix/client/v3/account/whoami", as: tablet).code == .unknownToken)
        _ = try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: alice)
    }

    @Test func `another person's password proves nothing`() async throws {
        let alice = try await server.register("alice", device: "PHONE")
        _ = try await server.register("bob", password: "battery staple")
        let error = try await server.failure(
            .post, "/_matrix/client/v3/delete_devices",
            ["devices": ["PHONE"], "auth": AccountTestServer.passwordStage("bob", "battery staple")], as: alice)
        #expect((error.status, error.code) == (401, .forbidden))
    }

    @Test func `several devices go at once, unknown ones without complaint`() async throws {
        let alice = try await server.register("alice", device: "PHONE")
        for device in ["A", "B"] {
            var login = AccountTestServer.passwordStage("alice")
            login["device_id"] = .string(device)
            try await server.ok(.post, "/_matrix/client/v3/login", login)
        }
        try await server.ok(
            .post, "/_matrix/client/v3/delete_devices",
            ["devices": ["A", "B", "NONE"], "auth": AccountTestServer.passwordStage("alice")], as: alice)
        #expect(try await server.ok(.get, "/_matrix/client/v3/devices", as: alice)["devices"]?.count == 1)
        #expect(try await server.failure(.post, "/_matrix/client/v3/delete_devices", [:], as: alice).code == .missingParam)
    }
}

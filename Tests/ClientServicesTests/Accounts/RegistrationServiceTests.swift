import Database
import MatrixAPI
import MatrixModel
import Storage
import Testing

@testable import ClientServices

@Suite struct RegistrationServiceTests {
    @Test func `the first answer lists the flows and no error code`() async throws {
        let server = try await AccountTestServer()
        let error = try await server.failure(.post, "/_matrix/client/v3/register", [:])
        #expect(error.status == 401)
        #expect(error.body["errcode"] == nil)
        #expect(error.body["flows"] == [["stages": ["m.login.dummy"]]])
        #expect(error.body["params"] == [:])
        #expect(error.body["session"]?.string?.isEmpty == false)
    }

    @Test func `completing the flow makes an account that can be used`() async throws {
        let server = try await AccountTestServer()
        let request: JSONValue = ["username": "Alice", "password": "correct horse", "initial_device_display_name": "Phone"]
        let challenge = try await server.failure(.post, "/_matrix/client/v3/register", request)
        var answered = request
        answered["auth"] = ["type": "m.login.dummy", "session": try #require(challenge.body["session"])]
        let body = try await server.ok(.post, "/_matrix/client/v3/register", answered)
        #expect(body["user_id"]?.string == "@alice:test")
        #expect(body["refresh_token"] == nil)
        let token = try #require(body["access_token"]?.string)
        let who = try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: token)
        #expect(who["user_id"]?.string == "@alice:test")
        #expect(who["device_id"]?.string == body["device_id"]?.string)
        #expect(who["is_guest"]?.bool == false)
        let devices = try await server.ok(.get, "/_matrix/client/v3/devices", as: token)
        #expect(devices["devices"]?[0]?["display_name"]?.string == "Phone")
    }

    @Test func `an authentication session cannot be used for another operation or twice`() async throws {
        let server = try await AccountTestServer()
        let alice = try await server.register("alice")
        let foreign = try await server.failure(.delete, "/_matrix/client/v3/devices/X", [:], as: alice)
        let stage: JSONValue = ["type": "m.login.dummy", "session": try #require(foreign.body["session"])]
        let error = try await server.failure(
            .post, "/_matrix/client/v3/register", ["username": "bob", "password": "correct horse", "auth": stage])
        #expect(error.status == 401)
        #expect(error.code == .forbidden)

        let session = try #require(error.body["session"])
        let own: JSONValue = ["type": "m.login.dummy", "session": session]
        try await server.ok(.post, "/_matrix/client/v3/register", ["username": "bob", "password": "correct horse", "auth": own])
        let again = try await server.failure(
            .post, "/_matrix/client/v3/register", ["username": "carol", "password": "correct horse", "auth": own])
        #expect(again.status == 401)
    }

    @Test func `an authentication session ends after a while`() async throws {
        let server = try await AccountTestServer()
        let challenge = try await server.failure(.post, "/_matrix/client/v3/register", [:])
        server.clock.advance(AccountLimits.authenticationSessionMilliseconds)
        let error = try await server.failure(
            .post, "/_matrix/client/v3/register",
            ["password": "correct horse", "auth": ["type": "m.login.dummy", "session": try #require(challenge.body["session"])]])
        #expect(error.status == 401)
        #expect(error.body["session"] != challenge.body["session"])
    }

    @Test func `an unknown stage is refused with a challenge`() async throws {
        let server = try await AccountTestServer()
        let error = try await server.failure(.post, "/_matrix/client/v3/register", ["auth": ["type": "m.login.captcha"]])
        #expect(error.status == 401)
        #expect(error.code == .unrecognized)
        #expect(error.body["flows"] != nil)
    }

    @Test func `a taken name is refused before authentication`() async throws {
        let server = try await AccountTestServer()
        _ = try await server.register("alice")
        for name in ["alice", "ALICE"] {
            let error = try await server.failure(.post, "/_matrix/client/v3/register", ["username": .string(name)])
            #expect(error.status == 400)
            #expect(error.code == .userInUse)
        }
    }

    @Test(arguments: ["", "al ice", "al:ice", "älice", "al@ice", String(repeating: "a", count: 250)])
    func `a name outside of the grammar is refused`(name: String) async throws {
        let server = try await AccountTestServer()
        let error = try await server.failure(.post, "/_matrix/client/v3/register", ["username": .string(name)])
        #expect(error.status == 400)
        #expect(error.code == .invalidUsername)
    }

    @Test func `a password is needed, long enough`() async throws {
        var configuration = AccountConfiguration.testing
        configuration.minimumPasswordBytes = 8
        let server = try await AccountTestServer(configuration)
        let stage: JSONValue = ["type": "m.login.dummy"]
        let missing = try await server.failure(.post, "/_matrix/client/v3/register", ["username": "alice", "auth": stage])
        #expect(missing.status == 400)
        #expect(missing.code == .missingParam)
        let weak = try await server.failure(
            .post, "/_matrix/client/v3/register", ["username": "alice", "password": "1234567", "auth": stage])
        #expect(weak.status == 400)
        #expect(weak.code == .weakPassword)
        let long = try await server.failure(
            .post, "/_matrix/client/v3/register",
            ["username": "alice", "password": .string(String(repeating: "x", count: 513)), "auth": stage])
        #expect(long.status == 400)
    }

    @Test func `without a name one is made up`() async throws {
        let server = try await AccountTestServer()
        let body = try await server.ok(
            .post, "/_matrix/client/v3/register", ["password": "correct horse", "auth": ["type": "m.login.dummy"]])
        #expect(UserID(try #require(body["user_id"]?.string))?.server == AccountTestServer.name)
    }

    @Test func `inhibit_login gives no token`() async throws {
        let server = try await AccountTestServer()
        let body = try await server.ok(
            .post, "/_matrix/client/v3/register",
            ["username": "alice", "password": "correct horse", "inhibit_login": true, "auth": ["type": "m.login.dummy"]])
        #expect(body["user_id"]?.string == "@alice:test")
        #expect(body["access_token"] == nil)
        #expect(body["device_id"] == nil)
    }

    @Test func `a closed server refuses people and says so of tokens`() async throws {
        var configuration = AccountConfiguration.testing
        configuration.registration = .closed
        configuration.allowsGuests = false
        let server = try await AccountTestServer(configuration)
        for uri in ["/_matrix/client/v3/register", "/_matrix/client/v3/register?kind=guest"] {
            #expect(try await server.failure(.post, uri, ["username": "alice"]).status == 403)
        }
        let error = try await server.failure(.get, "/_matrix/client/v1/register/m.login.registration_token/validity?token=x")
        #expect(error.status == 403)
        #expect(error.code == .forbidden)
    }

    @Test func `a registration token serves as often as it is meant to`() async throws {
        var configuration = AccountConfiguration.testing
        configuration.registration = .token
        let server = try await AccountTestServer(configuration)
        _ = try await server.database.write { try RegistrationTokenStore($0).create("once", usesAllowed: 1, expires: nil, at: 0) }
        func register(_ name: String, _ token: String) -> JSONValue {
            [
                "username": .string(name), "password": "correct horse",
                "auth": ["type": "m.login.registration_token", "token": .string(token)],
            ]
        }
        func isValid(_ token: String) async throws -> Bool? {
            try await server.ok(.get, "/_matrix/client/v1/register/m.login.registration_token/validity?token=\(token)")["valid"]?.bool
        }
        #expect(try await server.failure(.post, "/_matrix/client/v3/register", [:]).body["flows"] == [["stages": ["m.login.registration_token"]]])
        #expect(try await server.failure(.post, "/_matrix/client/v3/register", register("alice", "wrong")).status == 401)
        #expect(try await isValid("wrong") == false)
        #expect(try await isValid("once") == true)
        try await server.ok(.post, "/_matrix/client/v3/register", register("alice", "once"))
        #expect(try await isValid("once") == false)
        #expect(try await server.failure(.post, "/_matrix/client/v3/register", register("bob", "once")).status == 401)
        // A dummy stage does not go round the token.
        #expect(try await server.failure(.post, "/_matrix/client/v3/register", ["auth": ["type": "m.login.dummy"]]).status == 401)
    }

    @Test func `one use of a token is not spent twice by registrations side by side`() async throws {
        var configuration = AccountConfiguration.testing
        configuration.registration = .token
        let server = try await AccountTestServer(configuration)
        _ = try await server.database.write { try RegistrationTokenStore($0).create("once", usesAllowed: 1, expires: nil, at: 0) }
        // Both show the token while it is valid, and only then ask for the account.
        var sessions: [JSONValue] = []
        for name in ["alice", "bob"] {
            let error = try await server.failure(
                .post, "/_matrix/client/v3/register",
                ["username": .string(name), "auth": ["type": "m.login.registration_token", "token": "once"]])
            #expect(error.code == .missingParam)
            let challenge = try await server.failure(.post, "/_matrix/client/v3/register", [:])
            sessions.append(try #require(challenge.body["session"]))
        }
        func finish(_ name: String, _ session: JSONValue) -> JSONValue {
            [
                "username": .string(name), "password": "correct horse",
                "auth": ["type": "m.login.registration_token", "token": "once", "session": session],
            ]
        }
        try await server.ok(.post, "/_matrix/client/v3/register", finish("alice", sessions[0]))
        #expect(try await server.failure(.post, "/_matrix/client/v3/register", finish("bob", sessions[1])).status == 401)
    }

    @Test func `an open invite link serves as a token, and is not used up by it`() async throws {
        for (mode, invitesRegister, isTaken) in [(RegistrationMode.token, true, true), (.token, false, false), (.closed, true, false)] {
            var configuration = AccountConfiguration.testing
            configuration.registration = mode
            configuration.invitesRegister = invitesRegister
            let server = try await AccountTestServer(configuration)
            let now = server.clock.milliseconds
            let creator = try #require(UserID("@creator:test"))
            try await server.database.write { transaction in
                _ = try AccountStore(transaction).create(creator, passwordHash: nil, at: 0)
                let room = try RoomStore(transaction).make(try #require(RoomID("!room:test")), version: .recommended)
                let link = InviteLink(code: "link", room: room.number, creator: creator, created: now, expires: now + 1000, maximumUses: 1)
                _ = try InviteLinkStore(transaction).add(link)
            }
            func register(_ name: String) -> JSONValue {
                [
                    "username": .string(name), "password": "correct horse",
                    "auth": ["type": "m.login.registration_token", "token": "link"],
                ]
            }
            guard isTaken else {
                let refused = try await server.failure(.post, "/_matrix/client/v3/register", register("alice")).status
                #expect([401, 403].contains(refused))
                continue
            }
            try await server.ok(.post, "/_matrix/client/v3/register", register("alice"))
            try await server.ok(.post, "/_matrix/client/v3/register", register("bob"))
            let uses = try await server.database.read { try InviteLinkStore($0).link("link")?.uses }
            #expect(uses == 0)
            // Nobody who is kept from writing lets others onto the server.
            try await server.database.write { try AccountStore($0).setSuspended(true, of: creator) }
            #expect(try await server.failure(.post, "/_matrix/client/v3/register", register("carol")).status == 401)
            try await server.database.write { try AccountStore($0).setSuspended(false, of: creator) }
            server.clock.advance(1000)
            #expect(try await server.failure(.post, "/_matrix/client/v3/register", register("carol")).status == 401)
        }
    }

    @Test func `an expired token is not valid`() async throws {
        var configuration = AccountConfiguration.testing
        configuration.registration = .token
        let server = try await AccountTestServer(configuration)
        let now = server.clock.milliseconds
        _ = try await server.database.write { try RegistrationTokenStore($0).create("soon", usesAllowed: nil, expires: now + 1000, at: now) }
        let uri = "/_matrix/client/v1/register/m.login.registration_token/validity?token=soon"
        #expect(try await server.ok(.get, uri)["valid"]?.bool == true)
        server.clock.advance(1000)
        #expect(try await server.ok(.get, uri)["valid"]?.bool == false)
    }

    @Test func `the operator's token makes one administrator on a closed server`() async throws {
        var configuration = AccountConfiguration.testing
        configuration.registration = .closed
        let server = try await AccountTestServer(configuration)
        let token = try #require(try await server.services.bootstrap.begin(server.accounts))
        func register(_ name: String) -> JSONValue {
            [
                "username": .string(name), "password": "correct horse",
                "auth": ["type": "m.login.registration_token", "token": .string(token)],
            ]
        }
        try await server.ok(.post, "/_matrix/client/v3/register", register("root"))
        let root = try #require(UserID("@root:test"))
        #expect(try await server.accounts.account(root)?.standing.isAdmin == true)
        #expect(try await server.failure(.post, "/_matrix/client/v3/register", register("eve")).status == 403)
        #expect(try await server.services.bootstrap.begin(server.accounts) == nil)
    }

    @Test func `a failed registration gives the operator's token back`() async throws {
        let server = try await AccountTestServer()
        let token = try #require(try await server.services.bootstrap.begin(server.accounts))
        let stage: JSONValue = ["type": "m.login.registration_token", "token": .string(token)]
        let refused = try await server.failure(
            .post, "/_matrix/client/v3/register",
            ["username": "root", "password": "correct horse", "device_id": "", "auth": stage])
        #expect(refused.code == .invalidParam)
        try await server.ok(.post, "/_matrix/client/v3/register", ["username": "root", "password": "correct horse", "auth": stage])
        let root = try #require(UserID("@root:test"))
        #expect(try await server.accounts.account(root)?.standing.isAdmin == true)
    }

    @Test func `a guest gets a device of the server's choice and may become a person`() async throws {
        let server = try await AccountTestServer()
        let guest = try await server.ok(
            .post, "/_matrix/client/v3/register?kind=guest", ["username": "wanted", "device_id": "WANTED", "refresh_token": true])
        let token = try #require(guest["access_token"]?.string)
        #expect(guest["user_id"]?.string != "@wanted:test")
        #expect(guest["device_id"]?.string != "WANTED")
        #expect(guest["refresh_token"] == nil)
        let user = try #require(guest["user_id"]?.string.flatMap { UserID($0) })
        #expect(try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: token)["is_guest"]?.bool == true)
        #expect(try await server.failure(.put, "/_matrix/client/v3/user/\(user)/account_data/x", [:], as: token).code == .guestAccessForbidden)

        let upgrade: JSONValue = [
            "username": .string(String(user.localpart)), "password": "correct horse", "guest_access_token": .string(token),
            "auth": ["type": "m.login.dummy"],
        ]
        let body = try await server.ok(.post, "/_matrix/client/v3/register", upgrade)
        #expect(body["user_id"]?.string == user.description)
        let person = try #require(body["access_token"]?.string)
        #expect(try await server.ok(.get, "/_matrix/client/v3/account/whoami", as: person)["is_guest"]?.bool == false)
    }

    @Test func `somebody else's guest cannot be taken over`() async throws {
        let server = try await AccountTestServer()
        let guest = try await server.ok(.post, "/_matrix/client/v3/register?kind=guest", [:])
        let error = try await server.failure(
            .post, "/_matrix/client/v3/register",
            ["username": "other", "guest_access_token": .string(try #require(guest["access_token"]?.string)), "auth": ["type": "m.login.dummy"]])
        #expect(error.status == 403)
    }

    @Test func `an unknown kind is refused`() async throws {
        let server = try await AccountTestServer()
        #expect(try await server.failure(.post, "/_matrix/client/v3/register?kind=robot", [:]).status == 400)
    }

    @Test func `availability is told as registration would`() async throws {
        let server = try await AccountTestServer()
        _ = try await server.register("alice")
        let uri = "/_matrix/client/v3/register/available?username="
        #expect(try await server.ok(.get, uri + "bob")["available"]?.bool == true)
        #expect(try await server.failure(.get, uri + "alice").code == .userInUse)
        #expect(try await server.failure(.get, uri + "a!b").code == .invalidUsername)
    }
}
